import Foundation
import TestSupport
import Testing

@Suite("Behind real proxies", .light, .blocking, .serialized, .timeLimit(.minutes(2)))
struct ProxyTests {
    @Test(
        "Clients relay through the proxy, to each other and to those that come directly",
        arguments: ProxyProcess.Kind.allCases
    )
    func relaying(kind: ProxyProcess.Kind) throws {
        let server = try ServerProcess(kind.serverOptions)
        let proxy = try ProxyProcess(kind, for: server)
        let first = try RawDERPClient(over: proxy.connect(from: 8))
        let second = try RawDERPClient(over: proxy.connect(from: 9), start: kind.endsTLS ? .upgrade : .fast)
        let direct = try RawDERPClient(server)
        for size in [1, 1000, 65536] {
            let packet = TestKey.random(size)
            try first.send(packet, to: second.key)
            try second.expect(.received(packet, from: first.key))
            try second.send(packet, to: direct.key)
            try direct.expect(.received(packet, from: second.key))
            try direct.send(packet, to: first.key)
            try first.expect(.received(packet, from: direct.key))
        }
        second.close()
        try direct.expect(.peerGone(second.key, reason: 0))
    }

    @Test("Admission and the log are told the client's own address", arguments: ProxyProcess.Kind.allCases)
    func admission(kind: ProxyProcess.Kind) throws {
        let directory = try TemporaryDirectory()
        let key = TestKey()
        try directory.write(key.text, to: "deny")
        let server = try ServerProcess(
            kind.serverOptions.with { $0.flags += ["--deny-file", directory.file("deny").path, "--log-level=debug"] }
        )
        let proxy = try ProxyProcess(kind, for: server)
        #expect(throws: KitError.self) { try RawDERPClient(over: proxy.connect(from: 9), key: key) }
        try eventually("it is logged") { server.log.contains("Refused a client") }
        let lines = server.log.split(separator: "\n").filter { $0.contains("Refused a client") }
        #expect(lines.allSatisfy { $0.contains("source=127.0.0.9") })
        try eventually("so is the end") {
            server.log.split(separator: "\n").contains {
                $0.contains("peer=127.0.0.9:") && $0.contains("reason=refused")
            }
        }
    }

    @Test("Each client behind the proxy has the connections of one address", arguments: ProxyProcess.Kind.allCases)
    func perAddress(kind: ProxyProcess.Kind) throws {
        let server = try ServerProcess(kind.serverOptions.with { $0.flags.append("--max-connections-per-ip=2") })
        let proxy = try ProxyProcess(kind, for: server)
        let clients = try (0..<2).map { _ in try RawDERPClient(over: proxy.connect(from: 9)) }
        defer { withExtendedLifetime(clients) {} }
        #expect(throws: KitError.self) { try RawDERPClient(over: proxy.connect(from: 9)) }
        let others = try (0..<2).map { _ in try RawDERPClient(over: proxy.connect(from: 10)) }
        defer { withExtendedLifetime(others) {} }
        for client in clients + others { try client.expectQuiet() }
        #expect(
            try MetricsReading(of: server).total("derp_connections_refused_total", #"limit="address""#) == 1
        )
    }

    @Test(
        "Debug pages are not for clients that come through a proxy, but for networks that are listed",
        arguments: ProxyProcess.Kind.allCases
    )
    func debugPages(kind: ProxyProcess.Kind) throws {
        let server = try ServerProcess(
            kind.serverOptions.with {
                $0.readsMetrics = false
                $0.flags += ["--debug-allow", "127.0.0.9", "--debug-allow", "127.0.0.1"]
            }
        )
        let proxy = try ProxyProcess(kind, for: server)
        let request = HTTPRequest("/metrics")
        #expect(try request.send(over: proxy.connect(from: 8)).status == 403)
        #expect(try request.send(over: proxy.connect(from: 9)).status == 200)
        #expect(try request.send(to: server).status == 200)
        // Behind a proxy that lets through what clients say of themselves.
        let forged = HTTPRequest("/metrics", headers: ["X-Forwarded-For": "127.0.0.9", "X-Real-IP": "127.0.0.9"])
        #expect(try forged.send(over: proxy.connect(from: 8)).status == 403)
    }

    @Test(
        "What a client writes into X-Forwarded-For before the proxy's own entry changes nothing",
        arguments: [ProxyProcess.Kind.nginxHTTP, .haproxyHTTP],
        ["\u{600}", "x\u{301}", "unknown", "127.0.0.1\u{600}", "\u{202e}, \u{600}", "127.0.0.7"]
    )
    func foreignEntries(kind: ProxyProcess.Kind, entry: String) throws {
        let server = try ServerProcess(
            kind.serverOptions.with { $0.flags += ["--max-connections-per-ip=1", "--log-level=debug"] }
        )
        let proxy = try ProxyProcess(kind, for: server)
        var request = DERPHandshake.Start.upgrade.request
        request.headers.append(("X-Forwarded-For", entry))
        let connection = try proxy.connect(from: 9)
        try connection.write(request.encoded)
        #expect(try HTTPResponse(from: connection).status == 101)
        // It counts as a connection of 127.0.0.9, not as one of the proxy, which has no limit.
        #expect(throws: KitError.self) { try RawDERPClient(over: proxy.connect(from: 9)) }
        try RawDERPClient(over: proxy.connect(from: 10)).expectQuiet()
        withExtendedLifetime(connection) {}
    }

    @Test("A request of a trusted proxy that doesn't say whose it is is refused")
    func unclearClient() throws {
        let server = try ServerProcess(ServerOptions.plain.with { $0.flags = ["--trusted-proxies", "127.0.0.1"] })
        for field in ["X-Forwarded-For", "X-Real-IP"] {
            for value in ["unknown", "\u{600}", "192.0.2.1, \u{301}", "_hidden"] {
                let response = try HTTPRequest("/generate_204", headers: [field: value]).send(to: server)
                #expect(response.status == 400, "\(field): \(value)")
            }
        }
        let closed = try MetricsReading(of: server).total("derp_connections_closed_total", #"reason="bad_request""#)
        #expect(closed == 8)
    }
}
