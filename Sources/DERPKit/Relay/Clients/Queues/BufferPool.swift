import AsyncSockets
import Glibc

/// Memory for the queues of one loop: blocks of one size, which are lent while a queue holds something. The total is
/// bounded, so many slow clients together can't hold more than the pool may lend. Blocks that only a crowd of clients
/// needed are freed once they have been unused for a while. Confined to the loop.
final class BufferPool {
    /// The size of a block, in bytes.
    let blockSize: Int

    private let limit: Int
    /// The number of blocks, lent and free.
    @exclusivity(unchecked) private var count = 0
    @exclusivity(unchecked) private var free: [UnsafeMutableRawPointer] = []
    /// The lowest number of free blocks since the last check. That many blocks were not needed.
    @exclusivity(unchecked) private var fewest = 0
    /// The maximum number of free blocks that are kept. Few at first. When more come back, enough for bursts, as long
    /// as the timer runs.
    @exclusivity(unchecked) private var kept = BufferPool.keptForGood
    /// Checks whether fewer blocks would do. Scheduled only while there are more than are kept for good.
    private var timer: LoopTimer?
    private let loop: IOLoop?

    /// Enough blocks for an ordinary tick.
    private static let keptForGood = 4
    private static let keptForBursts = 64
    private let pause: Duration

    /// Creates a pool that lends at most `limit` blocks of `blockSize` bytes.
    ///
    /// - Parameters:
    ///   - loop: The pool's loop. `nil`: blocks beyond those that are kept for good are freed at once.
    ///   - pause: How long an unused block is kept at least. It is kept for at most twice as long.
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

    /// The size of all blocks that are lent or kept, in bytes.
    var byteCount: Int { self.count * self.blockSize }

    /// Takes a block. Returns `nil` when all are lent, or the process gets no more memory.
    func take() -> UnsafeMutableRawPointer? {
        self.loop?.assertCurrent()
        // The block that came back last: its bytes are still in the cache.
        guard let block = self.free.popLast() else { return self.make() }
        self.fewest = min(self.fewest, self.free.count)
        return block
    }

    private func make() -> UnsafeMutableRawPointer? {
        guard self.count < self.limit else { return nil }
        var block: UnsafeMutableRawPointer?
        // Not `allocate`, which ends the process on failure.
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

    /// Decides whether more free blocks are kept, now that there are as many as were kept so far.
    private func keepsMore() -> Bool {
        guard self.kept < Self.keptForBursts, let loop = self.loop else { return false }
        self.kept = Self.keptForBursts
        // Weak: the relay may end before its loop does.
        let timer = self.timer ?? LoopTimer(on: loop) { [weak self] in self?.look() }
        self.timer = timer
        timer.schedule(at: loop.now + self.pause.nanoseconds)
        return true
    }

    /// Frees the blocks that have not been needed since the last check.
    private func look() {
        let surplus = min(self.fewest, self.free.count - Self.keptForGood)
        if surplus > 0 {
            // The blocks that were lent last stay.
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
