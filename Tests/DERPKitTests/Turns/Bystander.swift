import Synchronization

@testable import AsyncSockets

/// A task on a loop that wants nothing but a turn in each tick, while somebody floods the loop.
final class Bystander: Sendable {
    /// What it saw while the flood went on.
    struct Sight: Sendable {
        /// How many turns it had.
        var turns = 0
        /// The most that was sent between two of them, in bytes; what fills the kernel's buffers is among it.
        var mostBytes: UInt64 = 0
    }

    private let sight = Lock(Sight())
    private let isWanted = Atomic(true)

    init(on loop: IOLoop, watching flood: Flood) {
        Task(executorPreference: loop) {
            var last = flood.sent
            while self.isWanted.load(ordering: .acquiring) {
                await loop.nextTick()
                let now = flood.sent
                guard flood.isOn else { continue }
                self.sight.withLock {
                    $0.turns += 1
                    $0.mostBytes = max($0.mostBytes, now - last)
                }
                last = now
            }
        }
    }

    /// Ends it.
    func end() -> Sight {
        self.isWanted.store(false, ordering: .releasing)
        return self.sight.withLock { $0 }
    }
}
