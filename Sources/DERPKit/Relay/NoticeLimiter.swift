/// A token bucket for notices: a few at once, then one per interval.
struct NoticeLimiter {
    private let interval: UInt64
    private let burst: UInt64
    /// When the bucket would be full again, in nanoseconds on the loop's clock.
    private var fullAt: UInt64 = 0

    /// - Parameters:
    ///   - burst: how many at once.
    ///   - interval: how many nanoseconds a further one takes.
    init(burst: UInt64, interval: UInt64) {
        self.burst = burst
        self.interval = interval
    }

    /// Whether a notice may go out now.
    mutating func take(now: UInt64) -> Bool {
        let fullAt = max(self.fullAt, now)
        guard fullAt - now <= (self.burst - 1) * self.interval else { return false }
        self.fullAt = fullAt + self.interval
        return true
    }
}
