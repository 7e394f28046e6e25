import AsyncSockets
import Logging
import Synchronization

/// Sees that memory runs out before it has. When it is short, newcomers are kept out, and those go who have not logged in; clients
/// stay. Looks on its own a few times a second, and while connections come at each 64th.
final class MemoryGuard: Sendable {
    private struct State {
        /// When there was a look last, in nanoseconds.
        var lookedAt: UInt64 = 0
        var queued = 0
        var news = EventLimiter(burst: 1, interval: 60_000_000_000)
    }

    private let probe: MemoryProbe
    private let reserve: MemoryReserve
    private let logger: Logger
    private let state = Mutex(State())
    private let isShortNow = Atomic(false)
    /// How many connections came since the last look.
    private let arrivals = Atomic(0)

    private static let arrivalsPerLook = 64
    /// How soon after a look arrivals make for another one, in nanoseconds.
    private static let shortestPause: UInt64 = 2_000_000

    init(queueMemory: Int, probe: MemoryProbe = MemoryProbe(), logger: Logger) {
        self.probe = probe
        self.reserve = MemoryReserve(queueMemory: queueMemory, probe.bounds())
        self.logger = logger
    }

    /// Whether the connection that has just come must go, because memory is short. On any loop.
    func isShort(now: UInt64) -> Bool {
        if self.arrivals.add(1, ordering: .relaxed).newValue >= Self.arrivalsPerLook {
            self.look(now: now, isHurried: true)
        }
        return self.isShortNow.load(ordering: .relaxed)
    }

    /// Looks how much is left.
    ///
    /// - Parameters:
    ///   - queued: how many bytes clients' queues hold; `nil`: as many as at the last look.
    ///   - isHurried: whether somebody waits, who does without when somebody else looks.
    /// - Returns: whether it is so little that it has to be looked at more often.
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
                    // Half of what the heap has free already: not every piece fits.
                    if bound.kind != .machine { left += ProcessResources.freeByteCount / 2 }
                }
                // A little more before it is over, so that it doesn't begin again at once.
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

    /// Looks again and again until the task is cancelled, and has strangers give way while memory is short.
    func run(over relays: [RelayLoop], gate: ConnectionGate, refusals: RefusalPool) async {
        var isClose = true
        while (try? await Task.sleep(for: isClose ? .milliseconds(250) : .seconds(1))) != nil {
            var queued = 0
            if isClose { for relay in relays { queued += await relay.loop.run { relay.queuedByteCount } } }
            isClose = self.look(now: IOLoop.clock, queued: isClose ? queued : nil)
            guard self.isShortNow.load(ordering: .relaxed) else { continue }
            gate.makeRoom(Self.step, for: .memory, sparesSingles: false)
            refusals.noteShortage(now: IOLoop.clock)
            for relay in relays { relay.leave(.giveWay(Self.step)) }
        }
    }

    /// How many have to go at a time.
    private static let step = 64
}
