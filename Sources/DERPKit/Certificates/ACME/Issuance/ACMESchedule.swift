/// When to order a certificate: when a third of its lifetime is left, and again after failures.
struct ACMESchedule: Hashable {
    /// The pause after the first failure. It doubles with every further failure, up to ``longestDelay``.
    let firstDelay: Duration
    private(set) var failures = 0

    /// The longest pause, unless a server wants a longer one.
    static let longestDelay = Duration.seconds(3600)
    /// The longest pause that a server may want.
    static let longestRetryAfter = Duration.seconds(86400)

    init(firstDelay: Duration) { self.firstDelay = firstDelay }

    /// Returns when to renew a certificate with this validity, in seconds since 1970.
    static func renewal(of validity: Range<Int>) -> Int {
        validity.upperBound - validity.count / 3
    }

    mutating func succeeded() { self.failures = 0 }

    /// Counts a failure, and returns how long to wait.
    ///
    /// - Parameter jitter: A random number in 0..<1. Up to half of the pause is added, so that many servers don't come
    ///   at once.
    mutating func failed(retryAfter: Duration?, jitter: Double) -> Duration {
        let doubled = self.firstDelay * (1 << min(self.failures, 20))
        self.failures += 1
        let delay = min(doubled, max(Self.longestDelay, self.firstDelay)) * (1 + jitter / 2)
        return max(delay, min(retryAfter ?? .zero, Self.longestRetryAfter))
    }
}
