/// One answer of `/metrics`: the value of each series, by its name with its labels.
struct MetricsPage: Hashable, Sendable {
    private(set) var values: [String: Double] = [:]

    init(_ text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                continue
            }
            self.values[String(line[..<space])] = value
        }
    }

    /// Returns the sum of all series with this name; 0 if there is none.
    func sum(_ name: String) -> UInt64 {
        self.values.reduce(0) { $0 + (Self.name(of: $1.key) == name ? UInt64($1.value) : 0) }
    }

    /// Returns the value of one series; 0 if there is none.
    func value(_ series: String) -> UInt64 { UInt64(self.values[series] ?? 0) }

    /// The series that counted down since `earlier`, or vanished.
    func fallen(since earlier: Self) -> [String] {
        earlier.values.filter { series, value in
            Self.name(of: series).hasSuffix("_total") && (self.values[series] ?? -1) < value
        }.keys.sorted()
    }

    /// The packets that were dropped, by reason.
    var drops: [String: UInt64] {
        var drops: [String: UInt64] = [:]
        for (series, value) in self.values where Self.name(of: series) == "derp_packets_dropped_total" {
            guard let start = series.firstRange(of: "reason=\"")?.upperBound else { continue }
            drops[String(series[start...].prefix { $0 != "\"" }), default: 0] += UInt64(value)
        }
        return drops.filter { $0.value > 0 }
    }

    private static func name(of series: String) -> Substring { series.prefix { $0 != "{" } }
}
