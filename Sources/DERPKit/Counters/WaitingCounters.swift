import AsyncSockets

/// How loops have waited for input, apart from sleep. Times are in nanoseconds.
struct WaitingCounters: Hashable, Sendable {
    /// The time that was spent on polling.
    var pollTime: UInt64 = 0
    /// The time of pauses in which input gathered.
    var gatherTime: UInt64 = 0

    init() {}

    /// Reads the counters of one loop, on which this must be called.
    init(_ loop: IOLoop) {
        self.pollTime = loop.pollTime
        self.gatherTime = loop.gatherTime
    }

    static func += (left: inout Self, right: Self) {
        left.pollTime += right.pollTime
        left.gatherTime += right.gatherTime
    }
}
