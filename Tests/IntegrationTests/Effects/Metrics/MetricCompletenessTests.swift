import Foundation
import TestSupport
import Testing

@Suite("What moves metrics: the tables", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct MetricCompletenessTests {
    private static let scenarios =
        ClientMetricTests.scenarios + TimeMetricTests.scenarios + ConnectionMetricTests.scenarios
        + WebSocketMetricTests.scenarios + AdmissionMetricTests.scenarios + RefusalMetricTests.scenarios
        + StateMetricTests.scenarios + CheckMetricTests.scenarios

    /// Series that no test can move, and why not.
    private static let unmoved: [MetricSeries: String] = [
        "derp_build_info{version}": "it is always 1",
        "derp_accept_failures_total": "accept(2) fails so when the kernel has no memory",
        #"derp_admissions_refused_total{reason="denied"}"#: "only a program that embeds the relay has such a verifier",
        #"derp_admissions_refused_total{reason="timeout"}"#:
            "only such a verifier may take so long: ours give up sooner",
        #"derp_connections_closed_total{reason="disconnected"}"#: "only a program that embeds the relay can ask for it",
        #"derp_connections_closed_total{reason="too_slow"}"#: "12,000 peers must leave a client that reads nothing",
        #"derp_bytes_dropped_total{reason="dup_client",kind="disco"}"#: "it is always 0",
        #"derp_bytes_dropped_total{reason="dup_client",kind="other"}"#: "it is always 0",
        #"derp_bytes_dropped_total{reason="queue_tail",kind="disco"}"#: "it takes a loop that stands still",
        #"derp_bytes_dropped_total{reason="queue_tail",kind="other"}"#: "it takes a loop that stands still",
        #"derp_packets_dropped_total{reason="dup_client",kind="disco"}"#: "it is always 0",
        #"derp_packets_dropped_total{reason="dup_client",kind="other"}"#: "it is always 0",
        #"derp_packets_dropped_total{reason="queue_tail",kind="disco"}"#: "it takes a loop that stands still",
        #"derp_packets_dropped_total{reason="queue_tail",kind="other"}"#: "it takes a loop that stands still",
        #"derp_refused_ended_total{end="shutdown"}"#: "the page's connections end at the same moment",
        "derp_stranger_waiting": "the page would have to be made just while others wait",
        "derp_stun_write_errors_total": "sendmmsg(2) fails so when the kernel has no memory",
    ]

    /// All series of a relay's page, and of a watch's.
    private static func pages() throws -> Set<MetricSeries> {
        // With links and names all families are there.
        let region = try MeshRegion(count: 2)
        let server = try ServerProcess(ServerOptions(hasSTUN: true))
        let other = try ServerProcess(
            ServerOptions(certificate: .none, address: .ipv6, hostname: "::1", hasSTUN: true)
        )
        let directory = try TemporaryDirectory()
        try directory.write(FlagTrial.map(901), to: "map.yaml")
        let watches = [
            try CheckWatch(server), try CheckWatch(other),
            try CheckWatch(["--all", "--map", directory.file("map.yaml").path]),
        ]
        var series = Set<MetricSeries>()
        for node in [region.nodes[0], server] { series.formUnion(try MetricsReading(of: node).series.keys) }
        try withExtendedLifetime((server, other, directory)) {
            for watch in watches {
                try watch.awaitRound()
                series.formUnion(try watch.reading().series.keys)
            }
        }
        return series
    }

    @Test("Every series of the pages has a scenario that moves it, or a reason why not; every row is a series")
    func complete() throws {
        let series = try Self.pages()
        let moved = Set(Self.scenarios.flatMap(\.moves))
        #expect(series.subtracting(moved).subtracting(Self.unmoved.keys).sorted() == [], "series without a scenario")
        #expect(moved.subtracting(series).sorted() == [], "scenarios of no series")
        #expect(Set(Self.unmoved.keys).subtracting(series.subtracting(moved)).sorted() == [], "reasons of no series")
    }

    @Test("docs/metrics.md names the families of the pages with their labels and their values, and no others")
    func documentation() throws {
        let text = try String(
            contentsOf: BuiltProducts.packageRoot.appending(path: "docs/metrics.md"),
            encoding: .utf8
        )
        var documented: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("| `derp_") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map(Self.codes)
            documented[cells[1].first ?? ""] = Set(cells[2])
        }
        var shown: [String: Set<String>] = [:]
        var values: Set<String> = []
        for series in try Self.pages() {
            let labels = series.description.matches(of: #/[{,]([a-z]+)(?:="([^"]*)")?/#)
            shown[series.family, default: []].formUnion(labels.map { String($0.1) })
            values.formUnion(labels.compactMap { $0.2.map(String.init) })
        }
        #expect(Set(documented.keys).symmetricDifference(shown.keys).sorted() == [])
        for (family, labels) in shown { #expect(documented[family] == labels, "\(family)") }
        let codes = Set(text.split(separator: "\n").flatMap { Self.codes(in: $0) })
        #expect(values.subtracting(codes).sorted() == [], "values that aren't told")
    }

    /// What stands between backticks.
    private static func codes(in text: Substring) -> [String] {
        text.matches(of: /`([^`]+)`/).map { String($0.1) }
    }
}
