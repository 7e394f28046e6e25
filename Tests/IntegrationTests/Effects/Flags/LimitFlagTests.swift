import TestSupport
import Testing

@Suite("Effects of flags: limits, proxies and the mesh", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct LimitFlagTests {
    static let effects: [FlagEffect] = [
        FlagEffect("accept-connection-limit", "some are refused") { trial in
            let server = try trial.server("accept-connection-limit", "5")
            return try Self.refusals(of: 30, by: server, "accept_rate", isExpected: trial.isGiven)
        },
        FlagEffect("accept-connection-burst", "none is refused") { trial in
            let server = try trial.server("accept-connection-burst", "60", with: ["accept-connection-limit": "5"])
            return try Self.refusals(of: 30, by: server, "accept_rate", isExpected: !trial.isGiven)
        },
        FlagEffect("max-pending", "some are refused") { trial in
            let server = try trial.server("max-pending", "5")
            return try Self.refusals(of: 10, by: server, "pending", isExpected: trial.isGiven)
        },
        FlagEffect("login-timeout", "ended within 5 s") { trial in
            let server = try trial.server("login-timeout", "1s")
            let start = ContinuousClock.now
            let end = try? server.connect().readToEnd(within: .seconds(5))
            return end == [] && ContinuousClock.now - start < .seconds(5) ? "ended within 5 s" : "still there"
        },
        FlagEffect("queue-memory", "2 MiB") { trial in
            let server = try trial.server("queue-memory", "2MiB")
            return server.log.contains("bytes=2097152") ? "2 MiB" : "no word"
        },
        FlagEffect("max-connections-per-ip", "some are refused") { trial in
            let server = try trial.server("max-connections-per-ip", "4")
            return try Self.refusals(of: 10, by: server, "address", isExpected: trial.isGiven)
        },
        FlagEffect("max-clients", "not the second") { trial in
            let server = try trial.server("max-clients", "1")
            let first = try RawDERPClient(server)
            return try withExtendedLifetime(first) { try Look.admits(server) ? "the second too" : "not the second" }
        },
        FlagEffect("max-refused", "not held") { trial in
            let server = try trial.server("max-refused", "0", with: ["allow-file": trial.file("allow", "")])
            // Who isn't held is told nothing.
            return try RefusedClient(server).notice == nil ? "not held" : "held"
        },
        FlagEffect("refused-hold-time", "held for a second") { trial in
            let server = try trial.server("refused-hold-time", "1s", with: ["allow-file": trial.file("allow", "")])
            let client = try RefusedClient(server)
            #expect(client.notice != nil)
            // By default that takes 30 s at least.
            let rest = try? client.connection.readToEnd(within: trial.isGiven ? Deadline.answer : .seconds(3))
            return rest == [] ? "held for a second" : "held for longer"
        },
        FlagEffect("rate-config", "it waits") { trial in
            let file = try trial.file("rates.json", #"{"PerClientRateLimitBytesPerSec": 1000}"#)
            let server = try trial.server("rate-config", file)
            let client = try RawDERPClient(server)
            for _ in 0..<3 { try client.send(TestKey.random(60_000), to: TestKey()) }
            let waits = try trial.comes { try MetricsReading(of: server).total("derp_rate_limit_waits_total") > 0 }
            return withExtendedLifetime(client) { waits ? "it waits" : "it doesn't" }
        },
        FlagEffect("proxy-protocol", "204") { trial in
            let server = try trial.server("proxy-protocol", "true", with: ["trusted-proxies": "127.0.0.7"])
            let line = Array("PROXY TCP4 192.0.2.55 198.51.100.1 4711 443\r\n".utf8)
            let connection = try Connection(port: server.port, from: 7, security: .plain, preface: line)
            return "\(try HTTPRequest("/generate_204").send(over: connection).status)"
        },
        FlagEffect("trusted-proxies", "200") { trial in
            let server = try trial.server(
                "trusted-proxies",
                "192.0.2.0/24",
                "127.0.0.1",
                with: ["debug-allow": "198.51.100.7"]
            )
            let request = HTTPRequest("/metrics", headers: ["X-Forwarded-For": "198.51.100.7"])
            return "\(try request.send(to: server).status)"
        },
        FlagEffect("mesh-psk-file", "told who is there") { trial in
            let key = Hexadecimal.encode(TestKey.random(32))
            let server = try trial.server("mesh-psk-file", trial.file("mesh.key", key))
            let peer = try RawDERPClient(server, information: MeshRegion.information(meshKey: key))
            try peer.send(Frame(.watchConnections))
            return (try? peer.next())?.type == .peerPresent ? "told who is there" : "an ordinary client"
        },
        FlagEffect("mesh-with", "2 links") { trial in
            let key = try trial.file("mesh.key", Hexadecimal.encode(TestKey.random(32)))
            let nodes = try (0..<2).map { _ in
                let node = trial.keep(try ServerProcess(.plain.with { $0.flags = ["-mesh-psk-file", key] }))
                return "http://127.0.0.1:\(node.port)"
            }
            let server = try trial.server("mesh-with", nodes[0], nodes[1], with: ["mesh-psk-file": key])
            _ = try trial.comes { try MeshRegion.links(of: server, .up) == 2 }
            return "\(try MeshRegion.links(of: server, .up)) links"
        },
    ]

    /// Whether any of `count` connections that say nothing is refused because of `limit`, as a connection sees that was
    /// there before them.
    private static func refusals(
        of count: Int,
        by server: ServerProcess,
        _ limit: String,
        isExpected: Bool
    ) throws -> String {
        let monitor = try Self.monitor(of: server)
        let crowd = try (0..<count).map { _ in try server.connect() }
        let areThere = try Look.comes(within: isExpected ? Deadline.answer : .milliseconds(300)) {
            try MetricsReading(over: monitor).total("derp_connections_refused_total", "limit=\"\(limit)\"") > 0
        }
        return withExtendedLifetime(crowd) { areThere ? "some are refused" : "none is refused" }
    }

    private static func monitor(of server: ServerProcess) throws -> Connection {
        var monitor: Connection?
        try eventually("a connection is kept") {
            // From elsewhere: of the crowd's address it would be the first to make room.
            let connection = try Connection(port: server.port, from: 9, security: .plain)
            guard (try? HTTPRequest("/generate_204").send(over: connection))?.status == 204 else { return false }
            monitor = connection
            return true
        }
        return try #require(monitor)
    }

    @Test("A flag has its effect in every form, and without it there is none", arguments: effects.flatMap(\.cases))
    func effect(trial: FlagEffect.Case) throws { try trial.verify() }
}
