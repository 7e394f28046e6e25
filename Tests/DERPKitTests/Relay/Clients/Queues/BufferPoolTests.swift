import TestSupport
import Testing

@testable import AsyncSockets
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

    @Test(
        "when the process gets no more memory it lends nothing, and continues",
        .withoutSanitizer("sanitizers report whoever wants so much")
    )
    func noMemory() throws {
        let pool = BufferPool(blockSize: 1 << 60, limit: 3)
        #expect(pool.take() == nil && pool.byteCount == 0)
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

    /// Turns `loop` until `condition` holds; false when that takes too long.
    private func turn(_ loop: IOLoop, until condition: () throws -> Bool) rethrows -> Bool {
        let end = ContinuousClock.now + .seconds(30) * Sanitizer.slowness
        while try !condition() {
            guard ContinuousClock.now < end else { return false }
            loop.turn()
        }
        return true
    }

    @Test("what a crowd needed is kept for a while, and given up when nobody has needed it")
    func crowd() throws {
        let loop = try IOLoop(index: 0)
        let pool = BufferPool(blockSize: 64, limit: 1000, on: loop, pause: .milliseconds(1))
        let blocks = try (0..<1000).map { _ in try #require(pool.take()) }
        blocks.forEach { pool.giveBack($0) }
        #expect(pool.byteCount == 64 * 64)
        #expect(self.turn(loop) { pool.byteCount == 4 * 64 })
        // It rests now, and begins again with the next crowd.
        try (0..<10).map { _ in try #require(pool.take()) }.forEach { pool.giveBack($0) }
        #expect(pool.byteCount == 10 * 64)
        #expect(self.turn(loop) { pool.byteCount == 4 * 64 })
    }

    @Test("what is needed again and again stays, though it comes back each time")
    func burst() throws {
        let loop = try IOLoop(index: 0)
        let pool = BufferPool(blockSize: 64, limit: 1000, on: loop, pause: .milliseconds(1))
        try (0..<60).map { _ in try #require(pool.take()) }.forEach { pool.giveBack($0) }
        #expect(
            try self.turn(loop) {
                try (0..<20).map { _ in try #require(pool.take()) }.forEach { pool.giveBack($0) }
                return pool.byteCount < 60 * 64
            }
        )
        #expect(pool.byteCount == 20 * 64)
    }

    @Test("a pool may end before its loop does")
    func end() throws {
        let loop = try IOLoop(index: 0)
        var pool: BufferPool? = BufferPool(blockSize: 64, limit: 1000, on: loop, pause: .milliseconds(1))
        try (0..<60).map { _ in try #require(pool?.take()) }.forEach { pool?.giveBack($0) }
        weak let previous = pool
        pool = nil
        #expect(previous == nil)
        loop.turn(at: loop.now + 1_000_000_000)
    }
}
