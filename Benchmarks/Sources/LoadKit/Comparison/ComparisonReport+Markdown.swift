extension ComparisonReport {
    /// The tables of ``text`` in Markdown, without the remarks that are about single rounds.
    public var markdown: String {
        self.sections.map { self.markdown(of: $0) }.joined(separator: "\n")
    }

    private func markdown(of section: Section) -> String {
        let heads = self.servers + self.servers.dropFirst().map { "\(self.servers[0]) : \($0)" }
        var lines = ["## \(section.scenario)", ""]
        let title = section.reports.lazy.compactMap(\.first).first?.scenario ?? section.scenario
        if title != section.scenario { lines += [title, ""] }
        lines.append("| | \(heads.joined(separator: " | ")) |")
        lines.append("|---|" + String(repeating: "--:|", count: heads.count))
        for figure in section.figures {
            var cells = self.servers.indices.map { section.median(figure.name, server: $0).map(Report.format) ?? "" }
            cells += self.servers.indices.dropFirst().map { server in
                guard let ratio = section.ratio(figure.name, to: server) else { return "" }
                let spread = "\(Report.format(ratio.lowest))…\(Report.format(ratio.highest))"
                return "\(Report.format(ratio.median)) (\(spread))"
            }
            let unit = figure.unit.isEmpty ? "" : ", \(figure.unit)"
            lines.append("| \(figure.name)\(unit) | \(cells.joined(separator: " | ")) |")
        }
        for (server, reports) in zip(self.servers, section.reports) where !reports.allSatisfy(\.isSuccess) {
            let reasons = reports.flatMap { ($0.faults.isEmpty ? [] : ["\($0.faults)"]) + $0.failures }
            lines += ["", "**\(server) failed**: \(reasons.joined(separator: "; "))"]
        }
        let busy = section.reports.joined().filter { !$0.warnings.isEmpty }.count
        if busy > 0 { lines += ["", "The machine was busy with other work during \(busy) of the measurements."] }
        return lines.joined(separator: "\n") + "\n"
    }
}
