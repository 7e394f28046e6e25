/// Decides whether a loop that has nothing to do polls for a moment before it sleeps, because a sleeping core wakes
/// slowly.
///
/// A loop polls only while traffic is sparse but alive: recent waits ended soon, with an event or two each. After each
/// poll in vain, the next poll requires more such waits. So a loop that idles, or whose peers answer later than it
/// polls, pays next to nothing. If several peers send at a time, sleeping lets more of them send, and each packet costs
/// less.
struct SpinPolicy {
    /// The maximum time for polling, in nanoseconds.
    static let limit: UInt64 = 50_000
    /// The limit for a short wait, in nanoseconds. If both ends sleep, a wait is longer than what polling would find.
    static let short: UInt64 = 200_000
    /// The number of short waits in a row that polling requires: after success, and at most.
    private static let few = 3
    private static let many = 96
    /// More events or datagrams at once mean that there is enough work without polling.
    private static let sparse = 2

    private var needed = few
    private var shortWaits = 0

    var shouldSpin: Bool { self.shortWaits >= self.needed }

    /// Records a poll, and whether it ended with events.
    mutating func spun(found: Bool) {
        self.needed = found ? Self.few : min(self.needed * 2, Self.many)
        if !found { self.shortWaits = 0 }
    }

    /// Records a wait that ended after `nanoseconds` with `events`.
    mutating func waited(_ nanoseconds: UInt64, events: Int) {
        guard nanoseconds < Self.short, (1...Self.sparse).contains(events) else {
            self.shortWaits = 0
            return
        }
        self.shortWaits = min(self.shortWaits + 1, self.needed)
    }

    /// Records how many datagrams came between two waits, because one socket has many peers.
    mutating func received(datagrams: Int) {
        if datagrams > Self.sparse { self.shortWaits = 0 }
    }
}
