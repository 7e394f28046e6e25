import DERPKit

/// A round as text for people.
struct CheckText {
    let text: String

    init(_ outcome: CheckRound.Outcome) {
        var text = ""
        for report in outcome.reports {
            if report.id != 0 { text += "Region \(report.id) \(report.code): \(report.name)\n" }
            text += Self.lines(report.findings)
            for node in report.nodes {
                text += node.name == node.host ? "\(node.host)\n" : "\(node.name) \(node.host)\n"
                text += Self.lines(node.findings)
            }
        }
        let errors = Self.count(outcome.count(of: .error), "error")
        self.text = text + "\(errors), \(Self.count(outcome.count(of: .warning), "warning"))\n"
    }

    private static func lines(_ findings: [CheckFinding]) -> String {
        findings.map { finding in
            let label = finding.severity.rawValue
            let line = "  \(label)\(String(repeating: " ", count: 9 - label.count))\(finding.message)\n"
            return line + (finding.hint.map { "           → \($0)\n" } ?? "")
        }.joined()
    }

    private static func count(_ count: Int, _ what: String) -> String {
        "\(count) \(what)\(count == 1 ? "" : "s")"
    }
}
