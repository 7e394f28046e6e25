import Glibc
import TestSupport
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

    @Test(
        "What a crowd has left is given back, though something lies behind it",
        .withoutSanitizer("a sanitizer has a heap of its own, and this is about the C library's")
    )
    func gives() async throws {
        var watch = MemoryWatch()
        // As a process that had nothing.
        _ = watch.isDue(MemoryWatch.Reading(resident: 0, free: 0))
        let blocks = Self.crowd()
        // The last one holds the heap's end.
        for block in blocks.dropLast() { free(block) }
        defer { free(blocks[blocks.count - 1]) }
        let before = try Self.resident
        await MemoryReturn.look(&watch)
        // Other tests allocate meanwhile.
        #expect(try Self.resident < before - 32 * 1024 * 1024)
    }
}

@Suite("When memory is given back") struct MemoryWatchTests {
    private static let megabyte = 1024 * 1024

    private static func reading(_ resident: Int, free: Int) -> MemoryWatch.Reading {
        MemoryWatch.Reading(resident: resident * self.megabyte, free: free * self.megabyte)
    }

    /// A watch that has seen a crowd come which stays, and which looked for what could be given back as often as it would.
    private static func patient() -> MemoryWatch {
        var watch = MemoryWatch()
        _ = watch.isDue(Self.reading(40, free: 1))
        let crowded = Self.reading(104, free: 1)
        for _ in 0..<20 where watch.isDue(crowded) { watch.trimmed(crowded, crowded) }
        return watch
    }

    @Test("A process that has no more than it had is left alone") func quiet() {
        var watch = MemoryWatch()
        let looks = [40, 41, 40, 43, 44].count { watch.isDue(Self.reading($0, free: 1)) }
        #expect(looks == 0)
    }

    @Test("while a crowd stays, checks for memory to return become rarer") func stays() {
        var watch = Self.patient()
        let crowded = Self.reading(104, free: 1)
        let looks = (0..<80).count { _ in
            guard watch.isDue(crowded) else { return false }
            watch.trimmed(crowded, crowded)
            return true
        }
        #expect(looks == 10)
    }

    @Test("A crowd that stayed for long isn't waited for when it has left") func leaves() {
        var watch = Self.patient()
        _ = watch.isDue(Self.reading(104, free: 1))
        let left = Self.reading(104, free: 64)
        let isDue = watch.isDue(left)
        watch.trimmed(left, Self.reading(40, free: 1))
        let isDueAgain = watch.isDue(Self.reading(40, free: 1))
        #expect(isDue && !isDueAgain)
    }
}
