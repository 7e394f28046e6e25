/// Samples of one name, as monitoring systems know them.
struct MetricFamily: Sendable {
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// A number, written as it is: counters may be larger than an `Int`, and than a `Double` is exact.
    enum Value: Hashable, Sendable {
        case count(UInt64)
        case integer(Int)
        case real(Double)
    }

    struct Sample: Sendable {
        /// What follows the family's name: `_bucket`, `_sum` and `_count` in a histogram, otherwise nothing.
        var suffix = ""
        let value: Value
        let labels: [(name: String, value: String)]
    }

    let name: String
    /// One sentence.
    let help: String
    let kind: Kind
    let samples: [Sample]
}

extension MetricFamily.Value: CustomStringConvertible {
    var description: String {
        switch self {
        case .count(let value): String(value)
        case .integer(let value): String(value)
        case .real(let value): String(value)
        }
    }
}

// MARK: Counters

extension MetricFamily {
    static func counter(_ name: String, _ help: String, _ value: UInt64) -> Self {
        self.counter(name, help, [(value, [])])
    }

    static func counter(
        _ name: String,
        _ help: String,
        _ samples: [(value: UInt64, labels: [(String, String)])]
    ) -> Self {
        Self(
            name: name,
            help: help,
            kind: .counter,
            samples: samples.map { Sample(value: .count($0.value), labels: $0.labels.map { ($0, $1) }) }
        )
    }

    /// A time that adds up, in seconds.
    static func counter(_ name: String, _ help: String, seconds: Double) -> Self {
        Self(name: name, help: help, kind: .counter, samples: [Sample(value: .real(seconds), labels: [])])
    }

    /// A sample for each key of a tally.
    static func counter<Key>(
        _ name: String,
        _ help: String,
        _ tally: RelayTally<Key>,
        by label: String
    ) -> Self {
        self.counter(name, help, tally.map { ($0.count, [(label, $0.key.description)]) })
    }
}

// MARK: Histograms

extension MetricFamily {
    /// A histogram of times.
    ///
    /// - Parameters:
    ///   - limits: The classes' upper limits, in nanoseconds.
    ///   - counts: How many times are in each class, and how many are above all limits.
    ///   - sum: All times together, in nanoseconds.
    static func histogram(_ name: String, _ help: String, limits: [UInt64], counts: [UInt64], sum: UInt64) -> Self {
        var total: UInt64 = 0
        let classes = zip(limits.map { String(Double($0) / 1e9) } + ["+Inf"], counts).map { limit, count in
            total += count
            return Sample(suffix: "_bucket", value: .count(total), labels: [("le", limit)])
        }
        let rest = [
            Sample(suffix: "_sum", value: .real(Double(sum) / 1e9), labels: []),
            Sample(suffix: "_count", value: .count(total), labels: []),
        ]
        return Self(name: name, help: help, kind: .histogram, samples: classes + rest)
    }
}

// MARK: Gauges

extension MetricFamily {
    static func gauge(_ name: String, _ help: String, _ value: Int, labels: [(String, String)] = []) -> Self {
        self.gauge(name, help, [(value, labels)])
    }

    static func gauge(_ name: String, _ help: String, _ samples: [(value: Int, labels: [(String, String)])]) -> Self {
        Self(
            name: name,
            help: help,
            kind: .gauge,
            samples: samples.map { Sample(value: .integer($0.value), labels: $0.labels.map { ($0, $1) }) }
        )
    }

    static func gauge(
        _ name: String,
        _ help: String,
        _ samples: [(value: Double, labels: [(String, String)])]
    ) -> Self {
        Self(
            name: name,
            help: help,
            kind: .gauge,
            samples: samples.map { Sample(value: .real($0.value), labels: $0.labels.map { ($0, $1) }) }
        )
    }
}
