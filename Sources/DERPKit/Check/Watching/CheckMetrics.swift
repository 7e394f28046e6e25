import FoundationEssentials

/// The results of the last round of a watch, as Prometheus text.
package struct CheckMetrics: Sendable {
    private var reports: [RegionReport] = []
    private var isMapUsable: Bool?
    private var rounds: UInt64 = 0
    private var roundTime: Duration = .zero
    private var roundEnd = 0

    package init() {}

    /// Records a round that has ended.
    ///
    /// - Parameters:
    ///   - reports: The results, one report for each region.
    ///   - isMapUsable: Whether the map could be read and contains what is checked; `nil` if there is no map.
    ///   - time: How long the round took.
    ///   - end: When the round ended, in seconds since 1970.
    package mutating func note(_ reports: [RegionReport], isMapUsable: Bool? = nil, took time: Duration, end: Int) {
        self.reports = reports
        self.isMapUsable = isMapUsable
        self.rounds += 1
        self.roundTime = time
        self.roundEnd = end
    }

    /// Returns the page. Before the end of the first round, it contains only the number of rounds.
    package func render() -> [UInt8] {
        var text = PrometheusText()
        text.counter("derp_check_rounds_total", "Rounds of checks that are over.", self.rounds)
        guard self.rounds > 0 else { return text.bytes }
        text.gauge(
            "derp_check_last_round_timestamp_seconds",
            "When the last round ended, since 1970.",
            self.roundEnd
        )
        text.gauge("derp_check_last_round_seconds", "How long it took.", [(self.roundTime / .seconds(1), [])])
        if let isMapUsable {
            text.gauge(
                "derp_check_map_up",
                "Whether the map could be read and has the regions to check; if not, those of the last map are checked.",
                isMapUsable ? 1 : 0
            )
        }
        self.writeStates(to: &text)
        self.writeTimes(to: &text)
        return text.bytes
    }

    private typealias Sample = (value: Double, labels: [(String, String)])

    private func writeStates(to text: inout PrometheusText) {
        text.gauge(
            "derp_check_region_findings",
            "What was found of regions and their nodes, by severity.",
            self.reports.flatMap { report in
                CheckFinding.Severity.allCases.map { severity in
                    (Double(report.count(of: severity)), [("region", "\(report.id)"), ("severity", severity.rawValue)])
                }
            }
        )
        text.gauge("derp_check_up", "Whether nothing about a node was an error.", self.samples { $0.isUp ? 1 : 0 })
        text.gauge(
            "derp_check_node_findings",
            "What was found of nodes, by severity.",
            CheckFinding.Severity.allCases.flatMap { severity in
                self.samples(label: ("severity", severity.rawValue)) { Double($0.findings.count(of: severity)) }
            }
        )
        text.gauge(
            "derp_check_certificate_expiry_timestamp_seconds",
            "When a node's certificate expires, since 1970.",
            self.samples { $0.measurements.certificateEnd?.timeIntervalSince1970 }
        )
    }

    private func writeTimes(to text: inout PrometheusText) {
        let ipv4 = ("family", "ipv4")
        let ipv6 = ("family", "ipv6")
        text.gauge(
            "derp_check_login_seconds",
            "From the first packet until a client was admitted.",
            self.samples(label: ipv4) { $0.measurements.loginTimeIPv4?.seconds }
                + self.samples(label: ipv6) { $0.measurements.loginTimeIPv6?.seconds }
        )
        text.gauge(
            "derp_check_stun_seconds",
            "From a STUN request to its answer.",
            self.samples(label: ipv4) { $0.measurements.stunTimeIPv4?.seconds }
                + self.samples(label: ipv6) { $0.measurements.stunTimeIPv6?.seconds }
        )
        text.gauge(
            "derp_check_round_trip_seconds",
            "From one client through the relay to another, and back.",
            self.samples(label: ("quantile", "0.5")) { $0.measurements.roundTripMedian?.seconds }
                + self.samples(label: ("quantile", "0.99")) { $0.measurements.roundTripP99?.seconds }
        )
        text.gauge(
            "derp_check_packet_loss_ratio",
            "The part of relayed packets that did not come back.",
            self.samples { $0.measurements.packetLoss }
        )
    }

    /// Returns a sample for each node that has the value.
    private func samples(label: (String, String)? = nil, _ value: (NodeReport) -> Double?) -> [Sample] {
        self.reports.flatMap { report in
            report.nodes.compactMap { node in
                value(node).map { value in
                    let labels = [("region", "\(report.id)"), ("node", node.name)]
                    return (value, labels + (label.map { [$0] } ?? []))
                }
            }
        }
    }
}

extension Duration {
    fileprivate var seconds: Double { self / .seconds(1) }
}
