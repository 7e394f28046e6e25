import AsyncSockets
import Glibc

/// Memory for the queues of one loop: blocks of one size, lent while a queue holds something. Bounded in all, so
/// that many slow clients together can't hold more than the pool may lend. What a crowd of them needed is given up
/// once nobody has needed it for a while. Confined to the loop.
final class BufferPool {
    /// The size of a block, in bytes.
    let blockSize: Int

    private let limit: Int
    /// How many blocks there are: those that are lent, and the free ones.
    @exclusivity(unchecked) private var count = 0
    @exclusivity(unchecked) private var free: [UnsafeMutableRawPointer] = []
    /// The fewest that were free since the last look: so many were not needed.
    @exclusivity(unchecked) private var fewest = 0
    /// How many free ones are kept: few, until more come back, and then enough for bursts, while somebody looks.
    @exclusivity(unchecked) private var kept = BufferPool.keptForGood
    /// What looks whether fewer would do. Scheduled only while there are more than are kept for good.
    private var timer: LoopTimer?
    private let loop: IOLoop?

    /// Those that come and go with an ordinary tick.
    private static let keptForGood = 4
    private static let keptForBursts = 64
    private let pause: Duration

    /// A pool that lends at most `limit` blocks of `blockSize` bytes.
    ///
    /// - Parameters:
    ///   - loop: where it is; `nil`: what isn't kept for good is given up at once.
    ///   - pause: how long a block is kept without need, at the least; twice as long at the most.
    init(blockSize: Int, limit: Int, on loop: IOLoop? = nil, pause: Duration = .seconds(3)) {
        self.blockSize = blockSize
        self.limit = limit
        self.loop = loop
        self.pause = pause
    }

    deinit {
        self.free.forEach { Glibc.free($0) }
    }

    /// Whether all blocks are lent.
    var isExhausted: Bool { self.free.isEmpty && self.count >= self.limit }

    /// What the blocks take that are lent, or kept to be lent, in bytes.
    var byteCount: Int { self.count * self.blockSize }

    /// A block, or `nil` when all are lent, or the process gets no more memory.
    func take() -> UnsafeMutableRawPointer? {
        self.loop?.assertCurrent()
        // The one that came back last: its bytes are still in the cache.
        guard let block = self.free.popLast() else { return self.make() }
        self.fewest = min(self.fewest, self.free.count)
        return block
    }

    private func make() -> UnsafeMutableRawPointer? {
        guard self.count < self.limit else { return nil }
        var block: UnsafeMutableRawPointer?
        // Not `allocate`, which ends the process.
        guard posix_memalign(&block, 64, self.blockSize) == 0, let block else { return nil }
        self.count += 1
        self.fewest = 0
        return block
    }

    func giveBack(_ block: UnsafeMutableRawPointer) {
        self.loop?.assertCurrent()
        guard self.free.count < self.kept || self.keepsMore() else {
            self.count -= 1
            Glibc.free(block)
            return
        }
        self.free.append(block)
    }

    /// Whether more blocks are kept, now that as many are free as were kept so far.
    private func keepsMore() -> Bool {
        guard self.kept < Self.keptForBursts, let loop = self.loop else { return false }
        self.kept = Self.keptForBursts
        // Weak: the relay may end before its loop does.
        let timer = self.timer ?? LoopTimer(on: loop) { [weak self] in self?.look() }
        self.timer = timer
        timer.schedule(at: loop.now + self.pause.nanoseconds)
        return true
    }

    /// Gives up what has not been needed since the last look.
    private func look() {
        let surplus = min(self.fewest, self.free.count - Self.keptForGood)
        if surplus > 0 {
            // Those that were lent last stay.
            self.free[..<surplus].forEach { Glibc.free($0) }
            self.free.removeFirst(surplus)
            self.count -= surplus
        }
        self.fewest = self.free.count
        if self.free.count <= Self.keptForGood {
            self.kept = Self.keptForGood
        } else if let loop = self.loop {
            self.timer?.schedule(at: loop.now + self.pause.nanoseconds)
        }
    }
}
