import IPAddresses

/// How fast connections may come from all addresses together. An address that has just connected can't keep others out:
/// an address that has not connected lately may be ahead of the pace by another quarter of the burst, for which the
/// others then wait. Bounded.
struct PaceShares: Sendable {
    private var limiter: EventLimiter
    /// How many events further ahead of the pace an address may be that has not connected lately.
    private let reserve: UInt64
    /// The addresses that connected in this period, and in the one before.
    private var recent: Set<IPAddress> = []
    private var previous: Set<IPAddress> = []
    private let period: UInt64
    private var periodEnd: UInt64 = 0

    /// The maximum number of addresses that are remembered per period.
    private static let addressLimit = 4096

    /// Creates a pace.
    ///
    /// - Parameters:
    ///   - burst: How many connections may come at once; 1 or more.
    ///   - interval: The time for each further connection, in nanoseconds.
    init(burst: UInt64, interval: UInt64) {
        self.limiter = EventLimiter(burst: burst, interval: interval)
        self.reserve = max(burst / 4, 1)
        let (refill, isOverflow) = self.reserve.multipliedReportingOverflow(by: interval)
        self.period = max(1_000_000_000, isOverflow ? .max / 8 : min(refill, .max / 8))
    }

    /// Returns whether one more connection may come now.
    ///
    /// - Parameter block: The address from which it comes. `nil`: unknown, which counts as an address that has not
    ///   connected lately.
    mutating func take(_ block: IPAddress?, now: UInt64) -> Bool {
        if now >= self.periodEnd || self.recent.count >= Self.addressLimit {
            self.previous = now >= self.periodEnd + self.period ? [] : self.recent
            self.recent = []
            self.periodEnd = now + self.period
        }
        let isNew = block.map { !self.recent.contains($0) && !self.previous.contains($0) } ?? true
        guard self.limiter.take(now: now, aheadBy: isNew ? self.reserve : 0) else { return false }
        if let block { self.recent.insert(block) }
        return true
    }
}
