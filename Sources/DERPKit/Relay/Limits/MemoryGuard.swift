import AsyncSockets
import Logging
import Synchronization

/// Watches how much memory is left, so that the relay can react before it runs out. While memory is short, new
/// connections are refused, and connections that have not logged in are closed; clients stay. It checks a few times a
/// second, and also at every 64th new connection.
final class MemoryGuard: Sendable {
    private struct State {
        /// The time of the last check, in nanoseconds.
        var lookedAt: UInt64 = 0
        var queued = 0
        var news = EventLimiter(burst: 1, interval: 60_000_000_000)
    }

    private let probe: MemoryProbe
    private let reserve: MemoryReserve
    private let logger: Logger
    private let state = Lock(State())
    private let isShortNow = Atomic(false)
    /// The number of connections since the last check.
    private let arrivals = Atomic(0)

    private static let arrivalsPerLook = 64
    /// The shortest time between a check and another one that new connections cause, in nanoseconds.
    private static let shortestPause: UInt64 = 2_000_000

    init(queueMemory: Int, probe: MemoryProbe = MemoryProbe(), logger: Logger) {
        self.probe = probe
        self.reserve = MemoryReserve(queueMemory: queueMemory, probe.bounds())
        self.logger = logger
    }

    /// Returns whether the connection that has just come must go, because memory is short. Can be called on any loop.
    func isShort(now: UInt64) -> Bool {
        if self.arrivals.add(1, ordering: .relaxed).newValue >= Self.arrivalsPerLook {
            self.look(now: now, isHurried: true)
        }
        return self.isShortNow.load(ordering: .relaxed)
    }

    /// Checks how much memory is left, unless another check is under way.
    ///
    /// - Parameters:
    ///   - queued: The number of bytes that clients' queues hold. `nil`: as many as at the last check.
    ///   - isHurried: Whether a caller is waiting. The check is then skipped if the last one was less than
    ///     ``shortestPause`` ago.
    /// - Returns: Whether so little is left that checks must be more frequent.
    @discardableResult
    func look(now: UInt64, queued: Int? = nil, isHurried: Bool = false) -> Bool {
        self.state.withLockIfAvailable { state in
            if let queued { state.queued = queued }
            guard !isHurried || now >= state.lookedAt + Self.shortestPause else { return true }
            state.lookedAt = now
            self.arrivals.store(0, ordering: .relaxed)
            let wasShort = self.isShortNow.load(ordering: .relaxed)
            var isClose = false
            var shortage: MemoryBound?
            for bound in self.probe.bounds() {
                let needed = self.reserve.byteCount(of: bound, queued: state.queued)
                var left = bound.left
                if left < 4 * needed {
                    isClose = true
                    // Half of what is free in the heap counts as left, because not every piece fits.
                    if bound.kind != .machine { left += ProcessResources.freeByteCount / 2 }
                }
                // A shortage ends only when a little more is left, so that it doesn't begin again at once.
                if left < (wasShort ? needed + needed / 4 : needed) { shortage = bound }
            }
            self.isShortNow.store(shortage != nil, ordering: .relaxed)
            if let shortage, state.news.take(now: now) {
                self.logger.warning(
                    "Memory is short: new connections are refused",
                    metadata: [
                        "limit": "\(shortage.kind.rawValue)", "bytes": "\(shortage.total)", "left": "\(shortage.left)",
                    ]
                )
            }
            return isClose
        } ?? true
    }

    /// Whether memory was short at the last check.
    var wasShort: Bool { self.isShortNow.load(ordering: .relaxed) }
}
