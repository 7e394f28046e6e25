import Foundation
import Glibc
import TestSupport
import Testing

@Suite("What moves metrics: refused clients", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct RefusalMetricTests {
    private static func ended(_ end: String) -> [MetricSeries] {
        MetricSeries.rows("derp_refused_ended_total", "end", end)
    }

    static let scenarios: [MetricScenario] = [
        MetricScenario("A client is refused, and held", moves: ["derp_refused_held"]) { stage in
            stage.keep(try RefusedClient(Self.server(stage)))
        },
        MetricScenario(
            "A refused client leaves",
            moves: Self.ended("peer") + MetricSeries.rows("derp_connections_closed_total", "reason", "refused")
        ) { stage in
            try RefusedClient(Self.server(stage)).connection.close()
        },
        MetricScenario("No refused client is held", moves: Self.ended("not_held")) { stage in
            stage.keep(try RefusedClient(Self.server(stage, "--max-refused=0")))
        },
        MetricScenario("A refused client is held for a second", moves: Self.ended("expired")) { stage in
            stage.keep(try RefusedClient(Self.server(stage, "--refused-hold-time=1s")))
        },
        MetricScenario("A refused client comes on the list", moves: Self.ended("lifted")) { stage in
            let directory = stage.keep(try TemporaryDirectory())
            let key = TestKey()
            try directory.write("", to: "list")
            let server = try stage.server("--allow-file", directory.file("list").path)
            stage.keep(try RefusedClient(server, as: key))
            try directory.write(key.text, to: "list")
            server.send(signal: SIGHUP)
        },
        MetricScenario("Others need a refused client's file", moves: Self.ended("gave_way")) { stage in
            let server = try Self.server(stage, options: .plain.with { $0.openFileLimit = 64 })
            #expect(stage.keep(try RefusedClient(server)).notice != nil)
            for _ in 0..<100 { stage.keep(try server.connect()) }
        },
    ]

    /// A server that admits nobody.
    private static func server(
        _ stage: MetricStage,
        _ flags: String...,
        options: ServerOptions = .plain
    ) throws -> ServerProcess {
        let directory = stage.keep(try TemporaryDirectory())
        try directory.write("", to: "list")
        let common = ["--allow-file", directory.file("list").path]
        return try stage.server(options: options.with { $0.flags += common + flags })
    }

    @Test("Every series that a scenario names moves", arguments: scenarios)
    func movement(scenario: MetricScenario) throws { try scenario.verify() }
}
