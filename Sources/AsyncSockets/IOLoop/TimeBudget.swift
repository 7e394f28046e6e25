/// The time that a loop may spend on turns of a ``BudgetedExecutor``, tick by tick. Times are in nanoseconds.
struct TimeBudget: Sendable {
    /// The share of the loop's time that turns may take while others have work.
    static let share = 0.25
    /// The time for turns before the loop checks for others' work again. The last turn may take longer.
    static let slice: Duration = .microseconds(250)

    private static let sliceTime = slice.nanoseconds
    /// The maximum credit for one tick with others' work.
    private static let maximumCredit: Int64 = 1_000_000
    /// The maximum debt after a long turn.
    private static let maximumDebt: Int64 = 1_000_000_000

    /// The wait for a processor from which on turns are put off. Short waits are everywhere.
    private static let shortestNoticedWait: UInt64 = 500_000
    private static let maximumRest: UInt64 = 10_000_000

    /// The time until which no turns are taken.
    private(set) var restEnd: UInt64 = 0
    private var credit: Int64 = 0
    /// The time of the last update of ``credit``.
    private var updated: UInt64 = 0

    /// Returns the time that turns may take from `now` on. Zero means none in this tick.
    ///
    /// - Parameter isContended: Whether others had work in this tick.
    mutating func allowance(now: UInt64, isContended: Bool) -> UInt64 {
        let earned = Double(now - min(self.updated, now)) * Self.share
        self.updated = now
        self.credit = min(
            self.credit + Int64(min(earned, Double(Self.maximumCredit + Self.maximumDebt))),
            Self.maximumCredit
        )
        return isContended ? UInt64(max(self.credit, 0)) : Self.sliceTime
    }

    /// Records the time that turns took.
    mutating func spend(_ time: UInt64, isContended: Bool) {
        guard isContended else { return }
        self.credit = max(self.credit - Int64(min(time, UInt64(Self.maximumDebt))), -Self.maximumDebt)
    }

    /// Records that turns took `time`. The loop's thread had a processor for `used` of it.
    ///
    /// The kernel makes a thread that is always busy wait for others, and clients would wait with it. A thread that
    /// rests for as long as it had to wait gets a processor at once when a client's packet comes.
    mutating func note(_ time: UInt64, used: UInt64, now: UInt64) {
        let waited = time - min(used, time)
        guard waited >= Self.shortestNoticedWait else { return }
        self.restEnd = now + min(waited, Self.maximumRest)
    }

    /// The remaining rest, rounded up.
    func millisecondsOfRest(now: UInt64) -> Int32 {
        now < self.restEnd ? Int32((self.restEnd - now) / 1_000_000 + 1) : 0
    }
}
