import DERPKit
import FoundationEssentials

/// A round as JSON for programs.
struct CheckJSON: Encodable {
    let errors: Int
    let warnings: Int
    let regions: [Region]

    struct Region: Encodable {
        let id: Int
        let code: String
        let name: String
        let findings: [Finding]
        let nodes: [Node]
    }

    struct Node: Encodable {
        let name: String
        let host: String
        let findings: [Finding]
        /// By name, with the unit at the end of the name. Values that could not be measured are missing.
        let measurements: [String: Double]
    }

    struct Finding: Encodable {
        let severity: String
        let topic: String
        let message: String
        let hint: String?

        init(_ finding: CheckFinding) {
            self.severity = finding.severity.rawValue
            self.topic = finding.topic.rawValue
            self.message = finding.message
            self.hint = finding.hint
        }
    }

    init(_ outcome: CheckRound.Outcome) {
        self.errors = outcome.count(of: .error)
        self.warnings = outcome.count(of: .warning)
        self.regions = outcome.reports.map { report in
            Region(
                id: report.id,
                code: report.code,
                name: report.name,
                findings: report.findings.map(Finding.init),
                nodes: report.nodes.map { node in
                    Node(
                        name: node.name,
                        host: node.host,
                        findings: node.findings.map(Finding.init),
                        measurements: Self.numbers(node.measurements)
                    )
                }
            )
        }
    }

    private static func numbers(_ measurements: NodeReport.Measurements) -> [String: Double] {
        let times = [
            "loginIPv4Milliseconds": measurements.loginTimeIPv4, "loginIPv6Milliseconds": measurements.loginTimeIPv6,
            "stunIPv4Milliseconds": measurements.stunTimeIPv4, "stunIPv6Milliseconds": measurements.stunTimeIPv6,
            "roundTripP50Milliseconds": measurements.roundTripMedian,
            "roundTripP99Milliseconds": measurements.roundTripP99,
        ]
        var numbers = times.compactMapValues { $0.map { ($0 / .microseconds(1)).rounded() / 1000 } }
        numbers["packetLoss"] = measurements.packetLoss
        numbers["certificateEndSeconds"] = measurements.certificateEnd?.timeIntervalSince1970
        return numbers
    }

    /// One line.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return "{}\n" }
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}
