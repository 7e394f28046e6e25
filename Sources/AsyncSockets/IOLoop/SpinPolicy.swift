/// Decides whether a loop that has nothing to do polls for a moment before it sleeps, because a sleeping core wakes
/// slowly.
///
/// A loop polls only while traffic is sparse but alive: recent waits ended soon, with an event or two each. After each
/// poll in vain, the next poll requires more such waits. So a loop that idles, or whose peers answer later than it
/// polls, pays next to nothing. If several peers send at a time, sleeping lets more of them send, and each packet costs
/// less. And it polls for a part of its time only, because others want the core.
struct SpinPolicy: Sendable {
    /// The maximum time for polling, in nanoseconds.
    static let limit: UInt64 = 50_000
    /// The limit for a short wait, in nanoseconds. If both ends sleep, a wait is longer than what polling would find.
    static let short: UInt64 = 200_000
    /// The number of short waits in a row that polling requires: after success, and at most.
    private static let few = 3
    private static let many = 96
    /// More events or datagrams at once mean that there is enough work without polling.
    private static let sparse = 2

    /// The maximum part of any second that is spent on polling.
    private let share: Double
    /// The time that may be spent on polling now, and when that was calculated, in nanoseconds.
    private var credit: Double
    private var creditTime: UInt64 = 0
    private var needed = few
    private var shortWaits = 0

    /// - Parameter share: The maximum part of any second that is spent on polling, 0…1.
    init(share: Double) {
        self.share = share
        self.credit = Self.mostCredit(share)
    }

    /// Half of a second's share may be spent at once. The other half is earned within the second.
    private static func mostCredit(_ share: Double) -> Double { share / 2 * 1e9 }

    mutating func shouldSpin(at now: UInt64) -> Bool {
        guard self.shortWaits >= self.needed else { return false }
        guard self.share < 1 else { return true }
        self.credit = min(
            self.credit + Double(now &- self.creditTime) * self.share / 2,
            Self.mostCredit(self.share)
        )
        self.creditTime = now
        return self.credit >= Double(Self.limit)
    }

    /// Records a poll of so many nanoseconds, and whether it ended with events.
    mutating func spun(_ nanoseconds: UInt64, found: Bool) {
        self.credit -= Double(nanoseconds)
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
