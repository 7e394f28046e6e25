/// Computes how long to wait before the next try. A value without a clock: the caller supplies the time and the
/// randomness.
struct ReconnectDelays {
    /// What a server announced before it stopped (docs/protocol.md, "Frames").
    struct Farewell: Hashable, Sendable {
        var reconnectAfter: Duration
        var tryFor: Duration
    }

    private let policy: ReconnectingDERPClient.Policy
    /// The number of failed tries, and of connections that ended too soon, in a row.
    private var failures = 0
    /// The end of the time during which the server asked clients to keep trying.
    private var patienceEnd: ContinuousClock.Instant?

    /// The limit of both times that a server may announce.
    private static let farewellLimit: Duration = .seconds(60)
    /// The limit of delays during the time that the server announced.
    private static let patienceLimit: Duration = .seconds(1)

    init(_ policy: ReconnectingDERPClient.Policy) { self.policy = policy }

    /// Returns the delay after a connection that lasted for `lifetime`.
    ///
    /// - Parameter chance: Returns a random number in a range.
    mutating func afterLoss(
        lifetime: Duration,
        farewell: Farewell?,
        now: ContinuousClock.Instant,
        chance: (ClosedRange<Double>) -> Double = { .random(in: $0) }
    ) -> Duration {
        if lifetime >= self.policy.resetAfter { self.failures = 0 }
        self.patienceEnd = nil
        let delay = self.next(chance)
        // A server that announces its stop soon after each login must not be tried more often for that.
        guard let farewell, self.failures == 1 else { return delay }
        let pause = min(farewell.reconnectAfter, Self.farewellLimit)
        self.patienceEnd = now + pause + min(farewell.tryFor, Self.farewellLimit)
        return pause + self.policy.initialDelay * chance(0.5...1)
    }

    /// Returns the delay after a try that failed with `error`.
    mutating func afterFailure(
        _ error: DERPError,
        now: ContinuousClock.Instant,
        chance: (ClosedRange<Double>) -> Double = { .random(in: $0) }
    ) -> Duration {
        if error.code == .refused {
            let range = self.policy.refusedDelay
            return range.lowerBound + (range.upperBound - range.lowerBound) * chance(0...1)
        }
        guard let end = self.patienceEnd, now < end else { return self.next(chance) }
        return self.next(limit: Self.patienceLimit, chance)
    }

    private mutating func next(
        limit: Duration = .seconds(Int64.max),
        _ chance: (ClosedRange<Double>) -> Double
    ) -> Duration {
        let most = min(self.policy.maximumDelay, limit)
        var delay = self.policy.initialDelay
        for _ in 0..<min(self.failures, 62) where delay < most { delay *= 2 }
        self.failures += 1
        return min(delay, most) * chance(0.5...1)
    }
}
