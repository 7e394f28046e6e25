import AsyncSockets

/// What loops have done for connections that have not logged in, and for STUN.
struct StrangerCounters: Hashable, Sendable {
    /// The time that the work has taken, in nanoseconds.
    var time: UInt64 = 0
    /// The number of pieces of work that had to wait for their turn.
    var delayed: UInt64 = 0
    /// The number of pieces that wait now.
    var waiting = 0

    init() {}

    /// Reads the counters of one loop, on which this must be called.
    init(_ loop: IOLoop) {
        self.time = loop.turnTime
        self.delayed = loop.delayedTurnCount
        self.waiting = loop.waitingTurnCount
    }

    static func += (left: inout Self, right: Self) {
        left.time += right.time
        left.delayed += right.delayed
        left.waiting += right.waiting
    }
}
