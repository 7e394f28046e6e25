import TestSupport
import Testing

@testable import DERPKit

@Suite("Token bucket")
struct TokenBucketTests {
    private static let second: UInt64 = 1_000_000_000
    private static let burst = RateLimits.Rate.smallestBurst

    @Test("it is full at first, holds no more than the burst, and fills at the rate")
    func filling() {
        var bucket = TokenBucket(RateLimits.Rate(bytesPerSecond: 1000))
        let start = 100 * Self.second
        #expect(bucket.level(now: start) == Self.burst)
        bucket.take(Self.burst, now: start)
        #expect(bucket.level(now: start) == 0)
        #expect(bucket.level(now: start + Self.second) == 1000)
        #expect(bucket.level(now: start + Self.second / 10) == 100)
        #expect(bucket.level(now: start + 1000 * Self.second) == Self.burst)
    }

    @Test("what is taken too much is owed, and time(of:) says when tokens are there")
    func debt() {
        var bucket = TokenBucket(RateLimits.Rate(bytesPerSecond: 1000))
        let start = 100 * Self.second
        bucket.take(Self.burst + 500, now: start)
        #expect(bucket.level(now: start) == -500)
        for count in [0, 1, 20, 1000, Self.burst] {
            let time = bucket.time(of: count)
            #expect(bucket.level(now: time) >= count)
            #expect(bucket.level(now: time - 2_000_000) < count)
        }
    }

    @Test(
        "over a long time no more is let through than rate and burst, and no less than the rate",
        arguments: [1, 999, 12_345, 1_000_000, 1_250_000_000, 40_000_000_000]
    )
    func longRun(rate: Int) {
        var random = SplitMix64(seed: UInt64(rate))
        var bucket = TokenBucket(RateLimits.Rate(bytesPerSecond: rate))
        let start: UInt64 = 5 * Self.second
        var now = start
        var taken = 0
        for _ in 0..<200_000 {
            now += .random(in: 0...2_000_000, using: &random)
            let level = bucket.level(now: now)
            guard level > 0 else { continue }
            bucket.take(level, now: now)
            taken += level
        }
        let due = Double(now - start) / 1e9 * Double(rate)
        #expect(Double(taken) <= due * 1.0001 + Double(bucket.rate.burst) + 1)
        #expect(Double(taken) >= due * 0.999)
    }

    @Test("the largest values don't overflow")
    func extremes() {
        for rate in [1, Int.max] {
            var bucket = TokenBucket(RateLimits.Rate(bytesPerSecond: rate, burst: .max))
            for _ in 0..<100 { bucket.take(1 << 20, now: 1 << 62) }
            _ = bucket.level(now: 0)
            _ = bucket.time(of: 1)
            #expect(bucket.rate.burst == 1 << 32)
        }
    }
}
