/// Memory for the queues of one loop: blocks of one size, lent while a queue holds something. Bounded in all, so
/// that many slow clients together can't hold more than the pool may lend. Confined to the loop.
final class BufferPool {
    /// The size of a block, in bytes.
    let blockSize: Int

    private let limit: Int
    @exclusivity(unchecked) private var lent = 0
    @exclusivity(unchecked) private var free: [UnsafeMutableRawPointer] = []

    /// A pool that lends at most `limit` blocks of `blockSize` bytes.
    init(blockSize: Int, limit: Int) {
        self.blockSize = blockSize
        self.limit = limit
    }

    deinit {
        self.free.forEach { $0.deallocate() }
    }

    /// Whether all blocks are lent.
    var isExhausted: Bool { self.lent >= self.limit }

    /// What the blocks take that are lent, or kept to be lent, in bytes.
    var byteCount: Int { (self.lent + self.free.count) * self.blockSize }

    /// A block, or `nil` when all are lent.
    func take() -> UnsafeMutableRawPointer? {
        guard self.lent < self.limit else { return nil }
        self.lent += 1
        // The one that came back last: its bytes are still in the cache.
        return self.free.popLast() ?? .allocate(byteCount: self.blockSize, alignment: 64)
    }

    func giveBack(_ block: UnsafeMutableRawPointer) {
        self.lent -= 1
        if self.free.count < Self.keptBlocks {
            self.free.append(block)
        } else {
            block.deallocate()
        }
    }

    private static let keptBlocks = 64
}
