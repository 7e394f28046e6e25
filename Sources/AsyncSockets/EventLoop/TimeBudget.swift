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
}
