/// How long pings took, in nanoseconds. One that never came back counts with the time that it had.
public struct PingTimes: Codable, Hashable, Sendable {
    private var sorted: [UInt64]
    /// How many of them never came back.
    public let lost: Int

    public init(_ times: [UInt64], lost: Int = 0) {
        self.sorted = times.sorted()
        self.lost = lost
    }

    public var count: Int { self.sorted.count }

    /// The smallest time that at least this part of all pings didn't exceed (nearest rank); `nil` when there were none.
    ///
    /// - Parameter part: above 0, at most 1.
    public func percentile(_ part: Double) -> UInt64? {
        guard !self.sorted.isEmpty else { return nil }
        let rank = Int((part * Double(self.sorted.count)).rounded(.up))
        return self.sorted[min(max(rank, 1), self.sorted.count) - 1]
    }

    public var median: UInt64? { self.percentile(0.5) }
    public var p99: UInt64? { self.percentile(0.99) }
    public var worst: UInt64? { self.sorted.last }
}
