/// Whether a loop that has nothing to do polls for a moment before it sleeps: a sleeping core wakes slowly.
///
/// Only while traffic is sparse but alive: recent waits ended soon, with an event or two each. A poll in vain ends it
/// until waits are short again, so a loop that idles costs nothing.
struct SpinPolicy {
    /// How long it polls at most, and what counts as a short wait, in nanoseconds.
    static let limit: UInt64 = 50_000
    /// How many short waits in a row it takes.
    private static let needed = 3
    /// More events at once mean that there is work enough without it.
    private static let sparse = 2

    private var shortWaits = 0

    var shouldSpin: Bool { self.shortWaits >= Self.needed }

    /// Takes note of a wait that ended after `nanoseconds` with `events`.
    mutating func waited(_ nanoseconds: UInt64, events: Int) {
        guard nanoseconds < Self.limit, (1...Self.sparse).contains(events) else {
            self.shortWaits = 0
            return
        }
        self.shortWaits = min(self.shortWaits + 1, Self.needed)
    }
}
