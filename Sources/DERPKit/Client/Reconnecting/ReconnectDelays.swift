/// How long to wait before the next try. A pure value: the caller gives the time and the randomness.
struct ReconnectDelays {
    /// What a server says before it stops (docs/protocol.md, Restarting).
    struct Farewell: Hashable, Sendable {
        var reconnectAfter: Duration
        var tryFor: Duration
    }

    private let policy: ReconnectingDERPClient.Policy
    /// Tries that failed, and connections that ended too soon, in a row.
    private var failures = 0
    /// The end of the time for which the server asked to be tried.
    private var patienceEnd: ContinuousClock.Instant?

    /// The limit of each time that a server names.
    private static let farewellLimit: Duration = .seconds(60)

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
        // A server that announces its stop soon after each login is not tried more often for that.
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
        if let end = self.patienceEnd, now < end { return self.policy.initialDelay * chance(0.5...1) }
        return self.next(chance)
    }

    private mutating func next(_ chance: (ClosedRange<Double>) -> Double) -> Duration {
        var delay = self.policy.initialDelay
        for _ in 0..<min(self.failures, 62) where delay < self.policy.maximumDelay { delay *= 2 }
        self.failures += 1
        return min(delay, self.policy.maximumDelay) * chance(0.5...1)
    }
}
