/// Whether a loop that has nothing to do polls for a moment before it sleeps: a sleeping core wakes slowly.
///
/// Only while traffic is sparse but alive: recent waits ended soon, with an event or two each. Each poll in vain makes the
/// next one wait for more of such, so a loop that idles, or whose peers answer later than it polls, pays next to nothing.
/// Where several peers send at a time, sleeping lets more of them send, and each packet costs less.
struct SpinPolicy {
    /// How long it polls at most, in nanoseconds.
    static let limit: UInt64 = 50_000
    /// What counts as a short wait, in nanoseconds: where both ends sleep, it is longer than what polling would find.
    static let short: UInt64 = 200_000
    /// How many short waits in a row it takes: after success, and at most.
    private static let few = 3
    private static let many = 96
    /// More events or datagrams at once mean that there is work enough without it.
    private static let sparse = 2

    private var needed = few
    private var shortWaits = 0

    var shouldSpin: Bool { self.shortWaits >= self.needed }

    /// Takes note of polling, and whether it ended with events.
    mutating func spun(found: Bool) {
        self.needed = found ? Self.few : min(self.needed * 2, Self.many)
        if !found { self.shortWaits = 0 }
    }

    /// Takes note of a wait that ended after `nanoseconds` with `events`.
    mutating func waited(_ nanoseconds: UInt64, events: Int) {
        guard nanoseconds < Self.short, (1...Self.sparse).contains(events) else {
            self.shortWaits = 0
            return
        }
        self.shortWaits = min(self.shortWaits + 1, self.needed)
    }

    /// Takes note of how many datagrams came between two waits: the peers of one socket are many.
    mutating func received(datagrams: Int) {
        if datagrams > Self.sparse { self.shortWaits = 0 }
    }
}
