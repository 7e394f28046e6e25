import Glibc
import Testing

@testable import DERPServer

@Suite("Memory is given back") struct MemoryReturnTests {
    @Test("What a crowd has left is given back, though something lies behind it") func gives() throws {
        var watch = MemoryWatch()
        watch.look(slack: 0)
        // Too small for mappings of their own, and the last one holds the heap's end.
        let blocks = (0..<64 * 1024).map { _ in
            let block = malloc(1024)
            if let block { memset(block, 1, 1024) }
            return block
        }
        for block in blocks.dropLast() { free(block) }
        defer { free(blocks[blocks.count - 1]) }
        let before = MemoryWatch.resident
        watch.look(slack: 4 * 1024 * 1024)
        // Other tests allocate meanwhile.
        #expect(MemoryWatch.resident < before - 32 * 1024 * 1024)
    }
}
