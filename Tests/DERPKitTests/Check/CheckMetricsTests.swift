import HTTPTypes
import AsyncSockets
import Testing

@testable import DERPKit

@Suite("A check's metrics", .timeLimit(.minutes(1)))
struct CheckMetricsTests {
    private var report: RegionReport {
        var measurements = NodeReport.Measurements()
        measurements.loginTimeIPv6 = .milliseconds(250)
        measurements.packetLoss = 0.5
        let findings = [CheckFinding(.error, .stun, "silent"), CheckFinding(.info, .login, "in")]
        let bad = NodeReport(name: #"a"\ b"#, host: "a.test", findings: findings, measurements: measurements)
        let good = NodeReport(name: "b", host: "b.test", findings: [], measurements: .init())
        let warning = CheckFinding(.warning, .region, "only")
        return RegionReport(id: 7, code: "x", name: "X", findings: [warning], nodes: [bad, good])
    }

    @Test("tell of the last round, by region and node, whatever a node's name is")
    func page() {
        var metrics = CheckMetrics()
        #expect(String(decoding: metrics.render(), as: UTF8.self).hasSuffix("\nderp_check_rounds_total 0\n"))
        metrics.note([self.report], took: .milliseconds(1500), end: 1_800_000_000)
        let lines = String(decoding: metrics.render(), as: UTF8.self).split(separator: "\n")
        for expected in [
            "derp_check_rounds_total 1", "derp_check_last_round_timestamp_seconds 1800000000",
            "derp_check_last_round_seconds 1.5",
            #"derp_check_region_findings{region="7",severity="warning"} 1.0"#,
            #"derp_check_region_findings{region="7",severity="error"} 1.0"#,
            #"derp_check_up{region="7",node="a\"\\ b"} 0.0"#, #"derp_check_up{region="7",node="b"} 1.0"#,
            #"derp_check_node_findings{region="7",node="a\"\\ b",severity="error"} 1.0"#,
            #"derp_check_login_seconds{region="7",node="a\"\\ b",family="ipv6"} 0.25"#,
            #"derp_check_packet_loss_ratio{region="7",node="a\"\\ b"} 0.5"#,
        ] {
            #expect(lines.contains(Substring(expected)), "\(expected)")
        }
        #expect(!lines.contains { $0.contains("derp_check_stun_seconds") || $0.contains("derp_check_map_up") })
        for isUsable in [true, false] {
            metrics.note([self.report], isMapUsable: isUsable, took: .zero, end: 0)
            #expect(
                String(decoding: metrics.render(), as: UTF8.self).contains("\nderp_check_map_up \(isUsable ? 1 : 0)\n")
            )
        }
    }

    @Test("are served on their path, and nothing else is")
    func server() async throws {
        let group = try IOLoopGroup(count: 1)
        let server = try await CheckMetricsServer(address: IPEndpoint(.loopbackIPv4, port: 0), group: group)
        server.note([self.report], took: .seconds(1), end: 0)
        let client = try HTTPClient(on: group.loops[0])
        func get(_ path: String) async throws -> HTTPClient.Response {
            let url = try #require(HTTPURL("http://\(server.address)\(path)"))
            return try await client.send(HTTPClient.Request(.get, url))
        }
        let page = try await get("/metrics")
        #expect(page.status == 200 && page.fields[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(String(decoding: page.body, as: UTF8.self).contains("derp_check_rounds_total 1\n"))
        #expect(try await get("/").status == 404)
        await #expect(throws: DERPError.self) {
            _ = try await CheckMetricsServer(address: server.address, group: group)
        }
        await server.close()
    }
}
