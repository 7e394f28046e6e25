import Foundation
import TestSupport
import Testing

@Suite("PROXY headers on the wire", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct ProxyHeaderTests {
    private static let trusted: UInt8 = 7
    private static let line = Array("PROXY TCP4 192.0.2.55 198.51.100.1 4711 443\r\n".utf8)
    private static let binary: [UInt8] =
        [
            0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21, 0x11, 0, 12 + 7,
            192, 0, 2, 55, 198, 51, 100, 1, 0x12, 0x67, 1, 187,
        ] + [4, 0, 4, 1, 2, 3, 4]

    private func server(_ certificate: ServerOptions.Certificate = .none) throws -> ServerProcess {
        let trusted = ["--proxy-protocol", "--trusted-proxies", "127.0.0.\(Self.trusted)"]
        return try ServerProcess(ServerOptions(certificate: certificate, flags: trusted + ["--log-level=debug"]))
    }

    private func connect(
        _ server: ServerProcess,
        from host: UInt8 = trusted,
        _ preface: [UInt8],
        segment: Int? = nil
    ) throws -> Connection {
        try Connection(
            port: server.port,
            from: host,
            security: server.security,
            preface: preface,
            segment: segment
        )
    }

    private func ended(_ server: ServerProcess, _ reason: String) throws -> Double {
        try MetricsReading(of: server).total("derp_connections_closed_total", "reason=\"\(reason)\"")
    }

    @Test("However a header is cut, the client is served and known by its address", arguments: [1, 5, nil] as [Int?])
    func segments(segment: Int?) throws {
        for certificate in [ServerOptions.Certificate.none, .selfSigned] {
            let server = try self.server(certificate)
            for header in [Self.line, Self.binary] {
                let client = try RawDERPClient(over: self.connect(server, header, segment: segment))
                try client.expectQuiet()
                client.close()
            }
            try eventually("both are logged") {
                server.log.split(separator: "\n").count {
                    $0.contains("A client has left") && $0.contains("address=192.0.2.55:4711")
                } == 2
            }
        }
    }

    @Test("What comes in one piece with the header is not lost")
    func early() throws {
        let server = try self.server()
        for header in [Self.line, Self.binary] {
            let request = Array(HTTPRequest("/generate_204").encoded.utf8)
            let connection = try self.connect(server, header + request)
            #expect(try HTTPResponse(from: connection).status == 204)
        }
    }

    @Test("A trusted proxy must begin with a header: whatever else comes is closed and counted")
    func missing() throws {
        let server = try self.server()
        let other = try RawDERPClient(server)
        let bad: [[UInt8]] = [
            Array("GET /generate_204 HTTP/1.1\r\nHost: a\r\n\r\n".utf8), Array("PROXY TCP5 a b 1 2\r\n".utf8),
            Array("PROXY ".utf8) + [UInt8](repeating: 0x41, count: 5000), [0x16, 3, 1, 0, 5],
            Self.binary.prefix(12) + [0x21, 0x11, 0xff, 0xff], TestKey.random(64).map { $0 | 0x80 },
        ]
        for (count, bytes) in bad.enumerated() {
            let connection = try self.connect(server, bytes)
            #expect(try connection.readToEnd().isEmpty)
            try eventually("it is counted") { try self.ended(server, "bad_proxy_header") == Double(count + 1) }
        }
        try other.expectQuiet()
    }

    @Test("What a proxy does wrong again and again is said a few times, and then counted")
    func limitedLines() throws {
        let trusted = ["--proxy-protocol", "--trusted-proxies", "127.0.0.\(Self.trusted)"]
        let server = try ServerProcess(ServerOptions(certificate: .none, flags: trusted))
        for _ in 0..<100 {
            #expect(try self.connect(server, Array("GET / HTTP/1.1\r\n\r\n".utf8)).readToEnd().isEmpty)
        }
        let burst = server.said("A trusted proxy sent no PROXY header")
        #expect((10...15).contains(burst.lines), "\(burst)")
        try server.stop()
        let all = server.said("A trusted proxy sent no PROXY header")
        #expect(all.lines + all.leftOut == 100)
    }

    @Test("A stranger's header is no header, and what it says counts for nothing")
    func stranger() throws {
        let server = try self.server()
        let connection = try self.connect(server, from: 9, Self.line)
        #expect(try HTTPResponse(from: connection).status == 400)
        let binary = try self.connect(server, from: 9, Self.binary)
        #expect(try HTTPResponse(from: binary).status == 400)
        let request = HTTPRequest(
            "/generate_204",
            headers: ["X-Forwarded-For": "192.0.2.66", "X-Real-IP": "192.0.2.66"]
        )
        let forger = try Connection(port: server.port, from: 9, security: .plain)
        #expect(try request.send(over: forger).status == 204)
        forger.close()
        try eventually("their ends are logged") {
            server.log.components(separatedBy: "peer=127.0.0.9:").count == 4
        }
        #expect(!server.log.contains("192.0.2."))
    }

    @Test("The proxy's own connections are served, and get no debug pages")
    func local() throws {
        let server = try self.server()
        let local = Self.binary.prefix(12) + [0x20, 0, 0, 0]
        let connection = try self.connect(server, Array(local))
        #expect(try HTTPRequest("/generate_204").send(over: connection).status == 204)
        #expect(try HTTPRequest("/metrics").send(over: connection).status == 403)
        let unknown = try self.connect(server, Array("PROXY UNKNOWN\r\n".utf8))
        try RawDERPClient(over: unknown).expectQuiet()
    }
}
