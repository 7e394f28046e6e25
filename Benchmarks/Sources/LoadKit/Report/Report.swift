/// The results of one measurement.
public struct Report: Codable, Sendable {
    /// One number of the report.
    public struct Figure: Codable, Hashable, Sendable {
        /// Whether more or less is better.
        public enum Direction: String, Codable, Hashable, Sendable {
            case higher, lower, neither
        }

        public let name: String
        public let value: Double
        public let unit: String
        public let better: Direction
    }

    public let scenario: String
    public private(set) var figures: [Figure] = []
    /// The latencies of the load in microseconds at these percentiles, if the mode measures any.
    public internal(set) var percentiles: [Percentile] = []
    public internal(set) var faults = Faults()
    /// Why the run doesn't count, apart from faults.
    public internal(set) var failures: [String] = []
    public internal(set) var warnings: [String] = []

    public struct Percentile: Codable, Hashable, Sendable {
        public let percentile: Double
        public let microseconds: Double
    }

    public init(_ scenario: String) {
        self.scenario = scenario
    }

    public var isSuccess: Bool { self.faults.isEmpty && self.failures.isEmpty }

    /// Returns the value of the figure with this name.
    public subscript(name: String) -> Double? { self.figures.first { $0.name == name }?.value }

    mutating func add(_ name: String, _ value: Double?, _ unit: String = "", _ better: Figure.Direction = .neither) {
        guard let value, value.isFinite else { return }
        self.figures.append(Figure(name: name, value: value, unit: unit, better: better))
    }
}

extension Report {
    /// Adds the figures that every measurement has.
    mutating func add(_ lap: Lap) {
        self.add("server CPU", lap.serverSeconds.map { $0 / lap.seconds * 100 }, "%")
        self.add("generator CPU", lap.ownSeconds / lap.seconds * 100, "%")
        self.add("server resident", lap.residentBytes.map { Double($0) / 1024 }, "KiB", .lower)
        self.add("kernel socket memory", Double(lap.socketBytes) / 1024, "KiB", .lower)
        if let others = lap.othersSeconds, others > 0.1 * lap.seconds {
            let percent = Int(others / lap.seconds * 100)
            self.warnings.append("others used \(percent) % of a processor meanwhile")
        }
    }

    mutating func add(_ name: String, _ latencies: LatencyHistogram) {
        guard latencies.totalCount > 0 else { return }
        for percentile in [50.0, 90, 99, 99.9] {
            let value = Double(latencies.valueAtPercentile(percentile)) / 1000
            self.add("\(name) p\(percentile == 99.9 ? "99.9" : String(Int(percentile)))", value, "µs", .lower)
        }
        self.add("\(name) max", Double(latencies.max) / 1000, "µs", .lower)
    }
}
