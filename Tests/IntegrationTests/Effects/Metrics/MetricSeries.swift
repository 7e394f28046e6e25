import Foundation

/// The name of a series as the tables have it: `family`, `family{label="value"}`, or `family{label}` where the value is
/// no matter of the program.
struct MetricSeries: Hashable, Comparable, Sendable, CustomStringConvertible {
    let description: String

    /// Labels whose values depend on names, addresses and versions.
    private static let free = ["name", "node", "region", "version"]

    /// From a line of the page.
    init(_ text: String) {
        guard let brace = text.firstIndex(of: "{") else {
            self.description = text
            return
        }
        let labels = text[brace...].matches(of: #/([a-z]+)="([^"]*)"/#).map { match in
            Self.free.contains(String(match.1)) ? String(match.1) : "\(match.1)=\"\(match.2)\""
        }
        self.description = "\(text[..<brace]){\(labels.joined(separator: ","))}"
    }

    private init(description: String) { self.description = description }

    /// From a row of a table: a family and its labels, or a family alone.
    static func row(_ text: String) -> Self { Self(description: text) }

    /// A row for each value of one label.
    static func rows(_ family: String, _ label: String, _ values: String...) -> [Self] {
        values.map { Self(description: "\(family){\(label)=\"\($0)\"}") }
    }

    /// The name without labels, and without what a histogram's series have at their ends.
    var family: String {
        let name = String(self.description.prefix { $0 != "{" })
        let suffix = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }
        return suffix.map { String(name.dropLast($0.count)) } ?? name
    }

    static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

extension MetricSeries: ExpressibleByStringLiteral {
    init(stringLiteral text: String) { self.init(description: text) }
}

extension MetricsReading {
    /// What it has, series that differ only in free labels added up.
    var series: [MetricSeries: Double] {
        Dictionary(self.values.map { (MetricSeries($0.key), $0.value) }, uniquingKeysWith: +)
    }
}
