/// The times of pings, in nanoseconds. A lost ping counts with the time that it had.
public struct PingTimes: Codable, Hashable, Sendable {
    private var sorted: [UInt64]
    /// How many pings never came back.
    public let lost: Int

    public init(_ times: [UInt64], lost: Int = 0) {
        self.sorted = times.sorted()
        self.lost = lost
    }

    public var count: Int { self.sorted.count }

    /// Returns the time that this share of all pings didn't exceed (nearest rank); `nil` if there were none.
    ///
    /// - Parameter part: The share, above 0 and at most 1.
    public func percentile(_ part: Double) -> UInt64? {
        guard !self.sorted.isEmpty else { return nil }
        let rank = Int((part * Double(self.sorted.count)).rounded(.up))
        return self.sorted[min(max(rank, 1), self.sorted.count) - 1]
    }

    public var median: UInt64? { self.percentile(0.5) }
    public var p99: UInt64? { self.percentile(0.99) }
    public var worst: UInt64? { self.sorted.last }
}
