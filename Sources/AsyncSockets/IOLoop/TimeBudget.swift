/// How long a loop may spend on turns of a ``BudgetedExecutor``, tick by tick. Times are in nanoseconds.
public struct TimeBudget: Sendable {
    /// The part of the loop's time that turns may take while others have work.
    public static let share = 0.25
    /// How long turns are taken before the loop looks for others' work again. The last of them may take longer.
    public static let slice: Duration = .microseconds(250)

    private static let sliceTime = slice.nanoseconds
    /// What may be saved up for one tick with others' work.
    private static let most: Int64 = 1_000_000
    /// What may be owed because a turn took long.
    private static let mostDebt: Int64 = 1_000_000_000

    /// From which wait for a processor on turns are put off. Short ones are everywhere.
    private static let noticedWait: UInt64 = 500_000
    private static let longestRest: UInt64 = 10_000_000

    /// Until when no turns are taken.
    private(set) var restEnd: UInt64 = 0
    private var credit: Int64 = 0
    /// When ``credit`` was brought up to date.
    private var updated: UInt64 = 0

    /// How long turns may be taken from `now` on. Zero: not at all in this tick.
    ///
    /// - Parameter isContended: whether others had work in this tick.
    mutating func allowance(now: UInt64, isContended: Bool) -> UInt64 {
        let earned = Double(now - min(self.updated, now)) * Self.share
        self.updated = now
        self.credit = min(self.credit + Int64(min(earned, Double(Self.most + Self.mostDebt))), Self.most)
        return isContended ? UInt64(max(self.credit, 0)) : Self.sliceTime
    }

    /// Notes that turns took so much time.
    mutating func spend(_ time: UInt64, isContended: Bool) {
        guard isContended else { return }
        self.credit = max(self.credit - Int64(min(time, UInt64(Self.mostDebt))), -Self.mostDebt)
    }

    /// Notes that turns took `time`, for `used` of which the loop's thread had a processor.
    ///
    /// The kernel has a thread that is always busy wait for others, and clients would wait with it. One that rests as long as
    /// it had to wait gets a processor at once when a client's packet comes.
    mutating func note(_ time: UInt64, used: UInt64, now: UInt64) {
        let waited = time - min(used, time)
        guard waited >= Self.noticedWait else { return }
        self.restEnd = now + min(waited, Self.longestRest)
    }

    /// How long the rest is yet, rounded up.
    func millisecondsOfRest(now: UInt64) -> Int32 {
        now < self.restEnd ? Int32((self.restEnd - now) / 1_000_000 + 1) : 0
    }
}
