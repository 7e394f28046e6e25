extension RelayStatistics {
    /// A number of `/metrics`.
    public struct Sample: Hashable, Sendable {
        /// The metric, such as `derp_packets_dropped_total`. docs/metrics.md has all of them.
        public let name: String
        /// The labels' names and values, such as `reason` and `queue_head`. Empty if the metric has one number only.
        public let labels: [String: String]
        /// The number. Counts are exact up to 2⁵³.
        public let value: Double
    }

    /// All numbers of `/metrics`, in the order of that page.
    public var samples: [Sample] {
        self.metrics.flatMap { family in
            family.samples.map { sample in
                Sample(
                    name: family.name + sample.suffix,
                    labels: Dictionary(sample.labels.map { ($0.name, $0.value) }) { first, _ in first },
                    value: sample.value.approximate
                )
            }
        }
    }
}

extension MetricFamily.Value {
    /// The number, which is exact up to 2⁵³.
    fileprivate var approximate: Double {
        switch self {
        case .count(let value): Double(value)
        case .integer(let value): Double(value)
        case .real(let value): value
        }
    }
}
