extension ComparisonReport {
    /// Tables for a person: medians of the rounds, and how the first server does against each other one.
    public var text: String {
        self.sections.map { self.text(of: $0) }.joined(separator: "\n\n")
    }

    private func text(of section: Section) -> String {
        var rows = [[section.scenario] + self.servers + self.servers.dropFirst().map { "\(self.servers[0]) : \($0)" }]
        for figure in section.figures {
            var row = ["  " + figure.name + (figure.unit.isEmpty ? "" : ", \(figure.unit)")]
            row += self.servers.indices.map { section.median(figure.name, server: $0).map(Report.format) ?? "" }
            row += self.servers.indices.dropFirst().map { server in
                guard let ratio = section.ratio(figure.name, to: server) else { return "" }
                let spread = "\(Report.format(ratio.lowest))…\(Report.format(ratio.highest))"
                return "\(Report.format(ratio.median))  (\(spread))"
            }
            rows.append(row)
        }
        return ([Self.table(rows)] + self.remarks(on: section)).joined(separator: "\n")
    }

    private func remarks(on section: Section) -> [String] {
        var lines: [String] = []
        for (server, reports) in zip(self.servers, section.reports) {
            for report in reports {
                if !report.faults.isEmpty { lines.append("  \(server): FAULTS: \(report.faults)") }
                lines += report.failures.map { "  \(server): FAILED: \($0)" }
                lines += report.warnings.map { "  \(server): warning: \($0)" }
            }
        }
        return lines
    }

    private static func table(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, text in
                let padding = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + padding : padding + text
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
