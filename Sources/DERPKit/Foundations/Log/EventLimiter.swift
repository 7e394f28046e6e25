/// A token bucket for single events: a few at once, then one per interval.
struct EventLimiter: Sendable {
    private let interval: UInt64
    /// The time by which events may be ahead of the steady rate, in nanoseconds.
    private let lead: UInt64
    /// The time at which the bucket will be full again, in nanoseconds on the loop's clock.
    private var fullAt: UInt64 = 0

    /// - Parameters:
    ///   - burst: The number of events at once, 1 or more.
    ///   - interval: The nanoseconds that each further event takes.
    init(burst: UInt64, interval: UInt64) {
        self.interval = min(interval, .max / 8)
        let (lead, isOverflow) = (burst - 1).multipliedReportingOverflow(by: self.interval)
        self.lead = isOverflow ? .max / 8 : min(lead, .max / 8)
    }

    /// Returns whether one more event may happen now.
    ///
    /// - Parameter count: The number of events, beyond the burst, by which this one may be ahead of the steady rate.
    mutating func take(now: UInt64, aheadBy count: UInt64 = 0) -> Bool {
        let fullAt = max(self.fullAt, now)
        let (more, isOverflow) = count.multipliedReportingOverflow(by: self.interval)
        guard fullAt - now <= self.lead + (isOverflow ? .max / 8 : min(more, .max / 8)) else { return false }
        self.fullAt = fullAt + self.interval
        return true
    }
}
