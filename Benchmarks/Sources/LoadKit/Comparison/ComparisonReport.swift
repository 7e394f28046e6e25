import FoundationEssentials

/// The results of a comparison.
public struct ComparisonReport: Codable, Sendable {
    /// The description of one contestant in a section.
    public struct Column: Codable, Hashable, Sendable {
        public let name: String
        public let role: Contestant.Role
    }

    /// The reports of one trial: for each contestant, in the order of the rounds.
    public struct Section: Codable, Sendable {
        public let trial: String
        public let columns: [Column]
        public internal(set) var reports: [[Report]]

        /// Whether all measurements succeeded.
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

    /// The number of measurements, and how many of them are unreliable because other processes used the machine.
    public var measurements: (count: Int, busy: Int) {
        let all = self.sections.flatMap { $0.reports.joined() }
        return (all.count, all.filter { !$0.warnings.isEmpty }.count)
    }

    /// The report as one JSON document.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

// MARK: Statistics

extension ComparisonReport.Section {
    /// The figures whose names all reports have, in order.
    public var figures: [Report.Figure] {
        guard let first = self.reports.lazy.compactMap(\.first).first else { return [] }
        return first.figures.filter { figure in
            self.reports.allSatisfy { $0.allSatisfy { $0[figure.name] != nil } }
        }
    }

    /// Returns a contestant's values over the rounds; `nil` if it has none.
    public func spread(_ figure: String, column: Int) -> Spread? {
        Spread(self.reports[column].compactMap { $0[figure] })
    }

    /// Returns the ratio of the first contestant's value to another's, round by round; `nil` if the other's value is 0
    /// or missing in one round.
    public func ratio(_ figure: String, to column: Int) -> Spread? {
        let pairs = zip(self.reports[0], self.reports[column]).map { ($0[figure] ?? 0, $1[figure] ?? 0) }
        guard pairs.allSatisfy({ $0.1 != 0 }) else { return nil }
        return Spread(pairs.map { $0.0 / $0.1 })
    }
}
