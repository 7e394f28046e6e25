import FoundationEssentials

/// What a comparison found.
public struct ComparisonReport: Codable, Sendable {
    /// One scenario's reports: of each server, in the order of the rounds.
    public struct Section: Codable, Sendable {
        public let scenario: String
        public internal(set) var reports: [[Report]]
    }

    public let servers: [String]
    public private(set) var sections: [Section] = []

    init(servers: [String]) {
        self.servers = servers
    }

    mutating func begin(_ scenario: String) {
        self.sections.append(Section(scenario: scenario, reports: self.servers.map { _ in [] }))
    }

    mutating func add(_ report: Report, server: Int) {
        self.sections[self.sections.count - 1].reports[server].append(report)
    }

    public var isSuccess: Bool {
        self.sections.allSatisfy { $0.reports.allSatisfy { $0.allSatisfy(\.isSuccess) } }
    }

    /// One JSON document.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

// MARK: Statistics

extension ComparisonReport.Section {
    /// The first server's value over another's, round by round.
    public struct Ratio: Codable, Hashable, Sendable {
        public let median: Double
        public let lowest: Double
        public let highest: Double
    }

    /// The figures that all reports have, by their names, in order.
    public var figures: [Report.Figure] {
        guard let first = self.reports.lazy.compactMap(\.first).first else { return [] }
        return first.figures.filter { figure in
            self.reports.allSatisfy { $0.allSatisfy { $0[figure.name] != nil } }
        }
    }

    /// `nil` when the server didn't take part.
    public func median(_ figure: String, server: Int) -> Double? {
        let values = self.reports[server].compactMap { $0[figure] }
        return values.isEmpty ? nil : Self.median(values)
    }

    /// `nil` when one of them didn't take part, or the other's value is 0 in some round.
    public func ratio(_ figure: String, to server: Int) -> Ratio? {
        let pairs = zip(self.reports[0], self.reports[server]).map { ($0[figure] ?? 0, $1[figure] ?? 0) }
        guard !pairs.isEmpty, pairs.allSatisfy({ $0.1 != 0 }) else { return nil }
        let ratios = pairs.map { $0.0 / $0.1 }.sorted()
        return Ratio(median: Self.median(ratios), lowest: ratios[0], highest: ratios[ratios.count - 1])
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
