import AsyncSockets

/// How fast connections may come, from everybody together. Who has just come can't keep out who hasn't: an address from which
/// nobody came lately may be ahead of the pace by a quarter of the burst more, which the others then wait for. Bounded.
struct PaceShares: Sendable {
    private var limiter: EventLimiter
    /// How many events addresses may be ahead from which nobody came lately.
    private let reserve: UInt64
    /// Whence somebody came in this period, and in the one before.
    private var recent: Set<IPAddress> = []
    private var former: Set<IPAddress> = []
    private let period: UInt64
    private var periodEnd: UInt64 = 0

    /// How many addresses are remembered of a period.
    private static let addressLimit = 4096

    /// - Parameters:
    ///   - burst: how many at once; 1 or more.
    ///   - interval: how many nanoseconds a further one takes.
    init(burst: UInt64, interval: UInt64) {
        self.limiter = EventLimiter(burst: burst, interval: interval)
        self.reserve = max(burst / 4, 1)
        let (refill, isOverflow) = self.reserve.multipliedReportingOverflow(by: interval)
        self.period = max(1_000_000_000, isOverflow ? .max / 8 : min(refill, .max / 8))
    }

    /// Whether one more may come now.
    ///
    /// - Parameter block: whence; `nil`: it isn't known, and so counts as from where nobody came.
    mutating func take(_ block: IPAddress?, now: UInt64) -> Bool {
        if now >= self.periodEnd || self.recent.count >= Self.addressLimit {
            self.former = now >= self.periodEnd + self.period ? [] : self.recent
            self.recent = []
            self.periodEnd = now + self.period
        }
        let isNew = block.map { !self.recent.contains($0) && !self.former.contains($0) } ?? true
        guard self.limiter.take(now: now, aheadBy: isNew ? self.reserve : 0) else { return false }
        if let block { self.recent.insert(block) }
        return true
    }
}
