extension ComparisonReport {
    /// The tables for people: the medians of the rounds, and the ratios of the first contestant to each other one.
    public var text: String {
        self.sections.map(\.text).joined(separator: "\n\n")
    }
}

extension ComparisonReport.Section {
    fileprivate var text: String {
        ([TextTable.lines(self.rows(title: self.trial))] + self.remarks).joined(separator: "\n")
    }

    private var remarks: [String] {
        var lines: [String] = []
        for (column, reports) in zip(self.columns, self.reports) {
            for report in reports {
                if !report.faults.isEmpty { lines.append("  \(column.name): FAULTS: \(report.faults)") }
                lines += report.failures.map { "  \(column.name): FAILED: \($0)" }
                lines += report.warnings.map { "  \(column.name): warning: \($0)" }
            }
        }
        return lines
    }

    /// Returns a row of headings, and a row for each figure.
    func rows(title: String) -> [[String]] {
        let names = self.columns.map(\.name)
        let heads = [title] + names + names.dropFirst().map { "\(names[0]) : \($0)" }
        return [heads]
            + self.figures.map { figure in
                let medians = names.indices.map { column in
                    self.spread(figure.name, column: column).map { Report.format($0.median) } ?? ""
                }
                let ratios = names.indices.dropFirst().map { column in
                    self.ratio(figure.name, to: column)?.description ?? ""
                }
                return [figure.name + (figure.unit.isEmpty ? "" : ", \(figure.unit)")] + medians + ratios
            }
    }
}
