import Glibc
import Testing

@testable import DERPKit
@testable import DERPServer

@Suite("Memory is given back", .serialized) struct MemoryReturnTests {
    /// Too small for mappings of their own, 64 MiB in all.
    private static func crowd() -> [UnsafeMutableRawPointer?] {
        (0..<64 * 1024).map { _ in
            let block = malloc(1024)
            if let block { memset(block, 1, 1024) }
            return block
        }
    }

    private static var resident: Int { get throws { try #require(MemoryProbe().residentByteCount) } }

    @Test("What a crowd has left is given back, though something lies behind it") func gives() async throws {
        var watch = MemoryWatch()
        await watch.look(slack: 0)
        let blocks = Self.crowd()
        // The last one holds the heap's end.
        for block in blocks.dropLast() { free(block) }
        defer { free(blocks[blocks.count - 1]) }
        let before = try Self.resident
        await watch.look(slack: 4 * 1024 * 1024)
        // Other tests allocate meanwhile.
        #expect(try Self.resident < before - 32 * 1024 * 1024)
    }

    @Test("A crowd that stayed for long isn't waited for when it has left") func leaves() async throws {
        var watch = MemoryWatch()
        await watch.look(slack: 0)
        let blocks = Self.crowd()
        // Three of them find nothing to give back; more are to be passed over now.
        for _ in 0..<8 { await watch.look(slack: 4 * 1024 * 1024) }
        for block in blocks.dropLast() { free(block) }
        defer { free(blocks[blocks.count - 1]) }
        let before = try Self.resident
        await watch.look(slack: 4 * 1024 * 1024)
        #expect(try Self.resident < before - 32 * 1024 * 1024)
    }
}
