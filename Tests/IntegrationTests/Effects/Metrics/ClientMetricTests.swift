import Foundation
import TestSupport
import Testing

@Suite("What moves metrics: clients and packets", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct ClientMetricTests {
    /// Both kinds of packets that are dropped for a reason, and their bytes.
    static func drops(_ reason: String) -> [MetricSeries] {
        ["packets", "bytes"].flatMap { unit in
            ["disco", "other"].map { .row(#"derp_\#(unit)_dropped_total{reason="\#(reason)",kind="\#($0)"}"#) }
        }
    }

    /// All classes of the histogram of delays: each packet counts in those above it too.
    private static let delays: [MetricSeries] =
        ["0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1.0", "+Inf"].map {
            .row(#"derp_queue_delay_seconds_bucket{le="\#($0)"}"#)
        } + ["derp_queue_delay_seconds_count"]

    static let scenarios: [MetricScenario] = [
        MetricScenario(
            "Clients come",
            moves: ["derp_connections", "derp_clients", "derp_accepts_total", "derp_logins_total"]
        ) { stage in
            stage.keep(try RawDERPClient(stage.server()))
        },
        MetricScenario("A key comes twice", moves: ["derp_duplicate_client_keys"]) { stage in
            let server = try stage.server()
            let key = TestKey()
            for _ in 0..<2 { stage.keep(try RawDERPClient(server, key: key)) }
        },
        MetricScenario(
            "A client calls this its home",
            moves: ["derp_home_clients", "derp_home_moves_total"]
        ) { stage in
            try stage.keep(RawDERPClient(stage.server())).send(Frame(.notePreferred, [1]))
        },
        MetricScenario("A client wants another node", moves: ["derp_not_ideal_total"]) { stage in
            let connection = stage.keep(try stage.server().connect())
            let headers = ["Upgrade": "DERP", "Connection": "Upgrade", "Ideal-Node": "1f"]
            try connection.write(HTTPRequest("/derp", headers: headers).encoded)
            let serverKey = try DERPHandshake.readServerKey(from: connection, .upgrade)
            try connection.write(DERPHandshake.clientInfo(of: TestKey(), for: serverKey).encoded)
        },
        MetricScenario(
            "Packets come and go",
            moves: MetricSeries.rows("derp_packets_received_total", "kind", "disco", "other")
                + ["derp_bytes_received_total", "derp_packets_sent_total", "derp_bytes_sent_total"] + Self.delays
        ) { stage in
            let server = try stage.server()
            let receiver = stage.keep(try RawDERPClient(server))
            let sender = stage.keep(try RawDERPClient(server))
            for packet in [DiscoPacket.make(), [1]] { try sender.send(packet, to: receiver.key) }
        },
        MetricScenario(
            "Packets go to nobody",
            moves: Self.drops("unknown_dest") + MetricSeries.rows("derp_peer_gone_sent_total", "reason", "not_here")
        ) { stage in
            let sender = stage.keep(try RawDERPClient(stage.server()))
            for packet in [DiscoPacket.make(), [1]] { try sender.send(packet, to: TestKey()) }
        },
        MetricScenario("A client pings", moves: ["derp_pings_received_total", "derp_pongs_sent_total"]) { stage in
            try stage.keep(RawDERPClient(stage.server())).send(Frame(.ping, TestKey.random(8)))
        },
        MetricScenario("A frame is unknown", moves: ["derp_unknown_frames_total"]) { stage in
            try stage.keep(RawDERPClient(stage.server())).send(Frame(.unknown, [1]))
        },
        MetricScenario(
            "A peer leaves",
            moves: MetricSeries.rows("derp_peer_gone_sent_total", "reason", "disconnected")
                + MetricSeries.rows("derp_connections_closed_total", "reason", "peer")
        ) { stage in
            let server = try stage.server()
            let receiver = stage.keep(try RawDERPClient(server))
            let sender = try RawDERPClient(server)
            try sender.send([1], to: receiver.key)
            try receiver.expect(.received([1], from: sender.key))
            sender.close()
        },
        MetricScenario(
            "A client reads nothing, and is given up",
            moves: Self.drops("queue_head") + Self.drops("write_error")
                + MetricSeries.rows("derp_connections_closed_total", "reason", "write_timeout")
        ) { stage in
            let server = try stage.server("-tcp-write-timeout=1s")
            stage.keep(try Self.stuckReader(of: server, stage))
        },
        MetricScenario("Packets wait for a client", moves: ["derp_queue_delay_seconds_sum"]) { stage in
            let server = try stage.server("-tcp-write-timeout=0", "--max-queue-delay=60s")
            _ = try Self.stuckReader(of: server, stage).connection.read(200_000, until: Deadline(in: Deadline.answer))
        },
        MetricScenario("Pings come one by one", moves: ["derp_loop_poll_seconds_total"]) { stage in
            let load = try LoopLoad(stage.server())
            try eventually("a loop polls") {
                try load.ping()
                return try load.hasMoved("derp_loop_poll_seconds_total")
            }
        },
        MetricScenario("Many packets come, each by itself", moves: ["derp_loop_gather_seconds_total"]) { stage in
            let load = try LoopLoad(stage.server())
            try eventually("a loop lets packets gather") {
                try load.sendSingly()
                return try load.hasMoved("derp_loop_gather_seconds_total")
            }
        },
        MetricScenario("A client leaves while packets wait for it", moves: Self.drops("gone_disconnected")) { stage in
            let server = try stage.server("-tcp-write-timeout=0")
            // It has nothing more to say, and so it leaves in order.
            try Self.stuckReader(of: server, stage).connection.socket.finishWriting()
        },
        MetricScenario("A client is too fast", moves: ["derp_rate_limit_waits_total"]) { stage in
            let directory = stage.keep(try TemporaryDirectory())
            try directory.write(#"{"PerClientRateLimitBytesPerSec": 1000}"#, to: "rates.json")
            let server = try stage.server("-rate-config", directory.file("rates.json").path)
            let client = stage.keep(try RawDERPClient(server))
            for _ in 0..<3 { try client.send(TestKey.random(60_000), to: TestKey()) }
        },
        MetricScenario(
            "Clients break the protocol",
            moves: MetricSeries.rows("derp_connections_closed_total", "reason", "bad_frame", "bad_handshake")
        ) { stage in
            let server = try stage.server()
            try stage.keep(RawDERPClient(server)).send(Frame(.watchConnections))
            try stage.keep(PendingClient(server)).connection.write(Frame(.clientInfo, TestKey.random(200)).encoded)
        },
    ]

    /// A client that reads nothing, for which more packets of both kinds are sent than can wait.
    private static func stuckReader(of server: ServerProcess, _ stage: MetricStage) throws -> RawDERPClient {
        let sender = stage.keep(try RawDERPClient(server))
        let reader = stage.keep(try RawDERPClient(server, receiveBuffer: 4096))
        let packet = TestKey.random(65536)
        for _ in 0..<100 { try sender.send(packet, to: reader.key) }
        let disco = Frame.send(DiscoPacket.make(size: 1024), to: reader.key).encoded
        try sender.connection.write((0..<500).flatMap { _ in disco })
        try sender.expectQuiet()
        return reader
    }

    @Test("Every series that a scenario names moves", arguments: scenarios)
    func movement(scenario: MetricScenario) throws { try scenario.verify() }
}

@Suite("What moves metrics: time", .idle, .blocking, .timeLimit(.minutes(2)))
struct TimeMetricTests {
    static let scenarios: [MetricScenario] = [
        MetricScenario("A client is idle for 65 s", moves: ["derp_keep_alives_sent_total"]) { stage in
            let server = stage.keep(try ServerProcess(.plain))
            let client = stage.keep(try RawDERPClient(server))
            // A connection that stays idle for so long is closed.
            try stage.watch { try MetricsReading(of: server) }
            _ = try DERPHandshake.readFrame(from: client.connection, until: Deadline(in: .seconds(80)))
        },
        MetricScenario(
            "A client doesn't log in within 10 s",
            moves: MetricSeries.rows("derp_connections_closed_total", "reason", "timeout")
        ) { stage in
            _ = try PendingClient(stage.server()).connection.readToEnd(within: .seconds(25))
        },
    ]

    @Test("Every series that a scenario names moves", arguments: scenarios)
    func movement(scenario: MetricScenario) throws { try scenario.verify() }
}
