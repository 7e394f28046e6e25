import Foundation
import TestSupport
import Testing

@Suite("What moves metrics: connections", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct ConnectionMetricTests {
    private static func closed(_ reasons: String...) -> [MetricSeries] {
        reasons.map { .row(#"derp_connections_closed_total{reason="\#($0)"}"#) }
    }

    private static func refused(_ limit: String) -> [MetricSeries] {
        MetricSeries.rows("derp_connections_refused_total", "limit", limit)
    }

    static let scenarios: [MetricScenario] = [
        MetricScenario("Requests are answered, and refused", moves: Self.closed("answered", "bad_request")) { stage in
            let server = try stage.server()
            _ = try HTTPRequest("/generate_204").send(to: server)
            try stage.keep(server.connect()).write("nonsense\r\n\r\n")
        },
        MetricScenario("Something else than TLS comes", moves: Self.closed("tls", "not_tls")) { stage in
            let server = try stage.server(options: ServerOptions())
            try stage.keep(server.connect(.plain)).write("GET / HTTP/1.1\r\n\r\n")
            let client = stage.keep(try RawDERPClient(server))
            try client.connection.socket.send([0x17, 0x03, 0x03, 0x00, 0x20] + TestKey.random(32))
        },
        MetricScenario("A proxy owes a header", moves: Self.closed("bad_proxy_header")) { stage in
            let server = try stage.server("--proxy-protocol", "--trusted-proxies=127.0.0.7")
            let connection = try Connection(port: server.port, from: 7, security: .plain)
            try stage.keep(connection).write("GET / HTTP/1.1\r\n\r\n")
        },
        MetricScenario("Connections come too fast", moves: Self.refused("accept_rate")) { stage in
            let server = try stage.server("-accept-connection-limit=5")
            for _ in 0..<30 { stage.keep(try server.connect()) }
        },
        MetricScenario(
            "A crowd comes at once, before anybody is served",
            moves: ["derp_stranger_seconds_total", "derp_stranger_delays_total"]
        ) { stage in
            let server = try stage.server()
            server.send(signal: SIGSTOP)
            defer { server.send(signal: SIGCONT) }
            for _ in 0..<100 { try stage.keep(server.connect()).write(HTTPRequest("/generate_204").encoded) }
        },
        MetricScenario("One address has too many connections", moves: Self.refused("address")) { stage in
            let server = try stage.server("--max-connections-per-ip=4")
            for _ in 0..<10 { stage.keep(try server.connect()) }
        },
        MetricScenario(
            "Too many have not logged in",
            moves: Self.refused("pending") + Self.closed("gave_way")
        ) { stage in
            let server = try stage.server("--max-pending=4")
            for _ in 0..<10 { stage.keep(try server.connect()) }
        },
        MetricScenario("Logins that don't end take too much memory", moves: Self.refused("pending_memory")) { stage in
            let server = try stage.server()
            // All but the last byte of the largest login that there may be.
            let login = Frame.header(.clientInfo, length: 256 * 1024) + TestKey.random(256 * 1024 - 1)
            for _ in 0..<280 {
                // Whoever comes while the last room is taken is refused too.
                guard let pending = try? PendingClient(server) else { continue }
                try? stage.keep(pending).connection.write(login)
            }
        },
        MetricScenario("There are too many clients", moves: Self.refused("clients") + Self.closed("limit")) { stage in
            let server = try stage.server("--max-clients=1")
            stage.keep(try RawDERPClient(server))
            #expect(try !Look.admits(server))
        },
        MetricScenario("There is too little memory", moves: Self.refused("memory")) { stage in
            let server = stage.keep(try ServerProcess(ScarceMemory.options()))
            try stage.watch { try MetricsReading(of: server) }
            var crowd = try ScarceMemory.fill(server)
            try withExtendedLifetime(crowd) {
                try eventually("newcomers are refused") { (try? RawDERPClient(server)) == nil }
            }
            crowd.removeAll()
            try eventually("the page can be read") { (try? MetricsReading(of: server)) != nil }
        },
        MetricScenario("There are too few files", moves: Self.refused("files")) { stage in
            let server = try stage.server(options: .plain.with { $0.openFileLimit = 48 })
            for _ in 0..<100 { stage.keep(try server.connect()) }
        },
        MetricScenario(
            "The server gives way to the next",
            moves: Self.closed("shutdown") + MetricSeries.rows("derp_takeovers_total", "result", "completed")
                + MetricSeries.rows("derp_websockets_closed_total", "reason", "going_away")
        ) { stage in
            let line = stage.keep(try ServerLine(.plain, drainTime: "5s"))
            let server = try stage.watch(line.current)
            for _ in 0..<10 { stage.keep(try RawDERPClient(server)) }
            for _ in 0..<10 { stage.keep(try WebSocketClient(server)) }
            try line.takeOver()
        },
        MetricScenario(
            "Nonsense comes to the takeover's socket",
            moves: MetricSeries.rows("derp_takeovers_total", "result", "refused")
        ) { stage in
            let line = stage.keep(try ServerLine(.plain))
            try stage.watch(line.current)
            let socket = try MessageSocket(connectingTo: line.path)
            socket.send("hello")
            try socket.expectClosed()
        },
        MetricScenario("A server takes over", moves: ["derp_takeover_inherited_sockets"]) { stage in
            let line = stage.keep(try ServerLine(.plain))
            let first = try line.takeOver()
            _ = try first.waitForExit()
            try stage.watch(line.current, unlike: ServerProcess(.plain))
        },
        MetricScenario(
            "STUN is asked, rightly and wrongly",
            moves: MetricSeries.rows("derp_stun_requests_total", "family", "ipv4")
                + MetricSeries.rows("derp_stun_ignored_total", "reason", "refused", "not_stun")
        ) { stage in
            let server = try stage.server(options: .plain.with { $0.hasSTUN = true })
            let probe = stage.keep(try STUNProbe(serverPort: server.ports.stun))
            var wrong = STUNRequest()
            wrong.fingerprintMask = 0
            for datagram in [STUNRequest().encoded, wrong.encoded, [1, 2, 3]] { probe.send(datagram) }
        },
        MetricScenario(
            "STUN is asked over IPv6",
            moves: MetricSeries.rows("derp_stun_requests_total", "family", "ipv6")
        ) { stage in
            let server = try stage.server(
                options: .plain.with {
                    $0.hasSTUN = true
                    $0.address = .ipv6
                    $0.hostname = "::1"
                }
            )
            let probe = stage.keep(try STUNProbe(serverPort: server.ports.stun, on: .ipv6))
            probe.send(STUNRequest().encoded)
        },
    ]

    @Test("Every series that a scenario names moves", arguments: scenarios)
    func movement(scenario: MetricScenario) throws { try scenario.verify() }
}

@Suite("What moves metrics: WebSockets", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct WebSocketMetricTests {
    static let scenarios: [MetricScenario] =
        [
            MetricScenario(
                "A client closes its WebSocket",
                moves: ["derp_websockets_total"] + Self.closed("peer")
            ) { stage in
                try stage.keep(WebSocketClient(stage.server())).webSocket.send(.close(1000))
            },
            MetricScenario("A client loses its WebSocket", moves: Self.closed("lost")) { stage in
                try WebSocketClient(stage.server()).webSocket.connection.socket.reset()
            },
            MetricScenario(
                "A message is text",
                moves: Self.closed("unsupported_data")
                    + MetricSeries.rows("derp_connections_closed_total", "reason", "bad_message")
            ) { stage in
                stage.keep(try WebSocketMisdeedTests.Misdeed.text.commit(on: stage.server()))
            },
        ]
        + [.hugePacket, .unmasked, .closeReasonNotText, .otherSubprotocol, .huge].map {
            (misdeed: WebSocketMisdeedTests.Misdeed) in
            MetricScenario("A client's misdeed: \(misdeed)", moves: Self.closed(misdeed.reason)) { stage in
                stage.keep(try misdeed.commit(on: stage.server()))
            }
        }

    private static func closed(_ reason: String) -> [MetricSeries] {
        MetricSeries.rows("derp_websockets_closed_total", "reason", reason)
    }

    @Test("Every series that a scenario names moves", arguments: scenarios)
    func movement(scenario: MetricScenario) throws { try scenario.verify() }
}
