import FoundationEssentials

/// What a comparison found.
public struct ComparisonReport: Codable, Sendable {
    /// One contestant's place in a section.
    public struct Column: Codable, Hashable, Sendable {
        public let name: String
        public let role: Contestant.Role
    }

    /// One trial's reports: of each contestant, in the order of the rounds.
    public struct Section: Codable, Sendable {
        public let trial: String
        public let columns: [Column]
        public internal(set) var reports: [[Report]]

        /// Whether nothing went wrong in any of its measurements.
        public var isSuccess: Bool { self.reports.joined().allSatisfy(\.isSuccess) }
    }

    public private(set) var sections: [Section] = []

    init() {}

    mutating func begin(_ trial: Trial) {
        let columns = trial.contestants.map { Column(name: $0.name, role: $0.role) }
        self.sections.append(Section(trial: trial.name, columns: columns, reports: columns.map { _ in [] }))
    }

    mutating func add(_ report: Report, column: Int) {
        self.sections[self.sections.count - 1].reports[column].append(report)
    }

    public var isSuccess: Bool { self.sections.allSatisfy(\.isSuccess) }

    /// How many measurements there were, and during how many others used the machine, which makes poor ones.
    public var measurements: (count: Int, busy: Int) {
        let all = self.sections.flatMap { $0.reports.joined() }
        return (all.count, all.filter { !$0.warnings.isEmpty }.count)
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
    /// The figures that all reports have, by their names, in order.
    public var figures: [Report.Figure] {
        guard let first = self.reports.lazy.compactMap(\.first).first else { return [] }
        return first.figures.filter { figure in
            self.reports.allSatisfy { $0.allSatisfy { $0[figure.name] != nil } }
        }
    }

    /// A contestant's values over the rounds; `nil` when it has none.
    public func spread(_ figure: String, column: Int) -> Spread? {
        Spread(self.reports[column].compactMap { $0[figure] })
    }

    /// The first contestant's value over another's, round by round; `nil` when the other's is 0 or missing in one.
    public func ratio(_ figure: String, to column: Int) -> Spread? {
        let pairs = zip(self.reports[0], self.reports[column]).map { ($0[figure] ?? 0, $1[figure] ?? 0) }
        guard pairs.allSatisfy({ $0.1 != 0 }) else { return nil }
        return Spread(pairs.map { $0.0 / $0.1 })
    }
}
