import Testing

@testable import DERPKit

@Suite("Buffer pool")
struct BufferPoolTests {
    @Test("it lends as many blocks as it may, each its own memory, and what comes back is lent again")
    func limit() throws {
        let pool = BufferPool(blockSize: 4096, limit: 3)
        let blocks = try (0..<3).map { _ in try #require(pool.take()) }
        #expect(Set(blocks).count == 3)
        #expect(pool.take() == nil)
        pool.giveBack(blocks[1])
        #expect(pool.take() == blocks[1])
        #expect(pool.take() == nil)
        blocks.forEach { pool.giveBack($0) }
    }

    @Test("more blocks than it keeps can be lent and come back")
    func many() throws {
        let pool = BufferPool(blockSize: 64, limit: 1000)
        for _ in 0..<3 {
            let blocks = try (0..<1000).map { _ in try #require(pool.take()) }
            #expect(pool.take() == nil)
            blocks.forEach { pool.giveBack($0) }
        }
    }
}
