extension ComparisonReport {
    /// The tables of ``text`` in Markdown, without the remarks about single rounds.
    public var markdown: String {
        self.sections.map(\.markdown).joined(separator: "\n")
    }
}

extension ComparisonReport.Section {
    fileprivate var markdown: String {
        var lines = ["## \(self.trial)", ""]
        let title = self.reports.lazy.compactMap(\.first).first?.scenario ?? self.trial
        if title != self.trial { lines += [title, ""] }
        lines.append(MarkdownTable.lines(self.rows(title: "")))
        for (column, reports) in zip(self.columns, self.reports) where !reports.allSatisfy(\.isSuccess) {
            let reasons = reports.flatMap { ($0.faults.isEmpty ? [] : ["\($0.faults)"]) + $0.failures }
            lines += ["", "**\(column.name) failed**: \(reasons.joined(separator: "; "))"]
        }
        let busy = self.reports.joined().filter { !$0.warnings.isEmpty }.count
        if busy > 0 { lines += ["", "The machine was busy with other work during \(busy) of the measurements."] }
        return lines.joined(separator: "\n") + "\n"
    }
}
