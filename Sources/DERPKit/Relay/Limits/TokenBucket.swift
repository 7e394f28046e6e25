/// A bucket of tokens, one per byte, which fills at a steady rate until it is full.
///
/// More tokens may be taken than there are. The bucket then has to fill up what is owed before it has tokens again.
struct TokenBucket: Sendable {
    let rate: RateLimits.Rate
    /// When the bucket would be full, in nanoseconds on the loop's clock.
    private var fullAt: UInt64 = 0

    /// Creates a full bucket.
    ///
    /// - Parameter rate: A rate that is not unlimited.
    init(_ rate: RateLimits.Rate) {
        self.rate = rate
    }

    private static let second: UInt64 = 1_000_000_000
    private var bytesPerSecond: UInt64 { UInt64(self.rate.bytesPerSecond) }

    /// Returns the number of tokens. Negative: the number of tokens that are owed.
    func level(now: UInt64) -> Int {
        guard self.fullAt > now else { return self.rate.burst }
        let missing = Self.scale(self.fullAt - now, by: self.bytesPerSecond, dividedBy: Self.second)
        return self.rate.burst - Int(clamping: missing)
    }

    /// Takes `count` tokens, whether they are there or not.
    mutating func take(_ count: Int, now: UInt64) {
        guard count > 0 else { return }
        self.fullAt = max(self.fullAt, now) + Self.scale(UInt64(count), by: Self.second, dividedBy: self.bytesPerSecond)
    }

    /// Returns when `count` tokens are there. `count` is at most what the bucket holds.
    func time(of count: Int) -> UInt64 {
        let missing = UInt64(max(self.rate.burst - count, 0))
        let filling = Self.scale(missing, by: Self.second, dividedBy: self.bytesPerSecond)
        return self.fullAt > filling ? self.fullAt - filling : 0
    }

    private static func scale(_ value: UInt64, by factor: UInt64, dividedBy divisor: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: factor)
        guard product.high < divisor else { return .max / 4 }
        return min(divisor.dividingFullWidth(product).quotient, .max / 4)
    }
}
