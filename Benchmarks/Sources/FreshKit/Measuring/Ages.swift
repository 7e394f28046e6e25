/// How old packets were when they came, or other amounts that are looked at by their percentiles.
struct Ages: Hashable, Sendable {
    private let sorted: [Double]

    init(_ values: some Sequence<Double>) { self.sorted = values.sorted() }

    /// The ages of packets, in milliseconds.
    init(_ arrivals: some Sequence<Arrival>) { self.init(arrivals.map { Double($0.age) / 1e6 }) }

    var count: Int { self.sorted.count }

    /// Returns the value that this share of all doesn't exceed (nearest rank); `nil` if there are none.
    ///
    /// - Parameter part: The share, above 0 and at most 1.
    func percentile(_ part: Double) -> Double? {
        guard !self.sorted.isEmpty else { return nil }
        let rank = Int((part * Double(self.sorted.count)).rounded(.up))
        return self.sorted[min(max(rank, 1), self.sorted.count) - 1]
    }

    var median: Double? { self.percentile(0.5) }
    var p99: Double? { self.percentile(0.99) }
    var most: Double? { self.sorted.last }
}
