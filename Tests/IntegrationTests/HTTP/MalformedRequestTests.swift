import TestSupport
import Testing

@Suite("Malformed requests", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct MalformedRequestTests {
    @Test("A request without Host is 400")
    func missingHost() throws {
        let server = try ServerProcess(.plain)
        var request = HTTPRequest("/derp/probe")
        request.headers = []
        #expect(try request.send(to: server).status == 400)
    }

    @Test(
        "A request that breaks the rules gets a 4xx, a 505 or a close, and harms nobody",
        arguments: [
            "GARBAGE\r\n\r\n",
            "GET\r\n\r\n",
            "GET /derp/probe\r\n\r\n",
            "GET /derp/probe HTTP/9.9\r\nHost: x\r\n\r\n",
            "GET /derp/probe HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
            "GET /derp/probe HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
            "GET /derp/probe HTTP/1.1\r\nHost : x\r\n\r\n",
            "GET /derp/probe HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n",
            "GET /derp/probe HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            "GET /derp/probe HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "GET /derp/probe HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
            "\u{1}\u{2}\u{3}\u{4}\r\n\r\n",
        ]
    )
    func malformed(request: String) throws {
        let server = try ServerProcess(.plain)
        let connection = try server.connect()
        try connection.write(request)
        let answer = String(decoding: try connection.readToEnd(), as: UTF8.self)
        let status = answer.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        #expect(answer.isEmpty || status.map { 400..<500 ~= $0 || $0 == 505 } == true, "\(answer)")
        #expect(try HTTPRequest("/derp/probe").send(to: server).status == 200)
    }

    @Test("Headers over 16 KiB get an error or a close", arguments: [false, true])
    func largeHeaders(inManyLines: Bool) throws {
        let server = try ServerProcess(.plain)
        let connection = try server.connect()
        let filler =
            inManyLines
            ? (0..<1000).map { "X-\($0): 0123456789\r\n" }.joined()
            : "X: " + String(repeating: "y", count: 17_000) + "\r\n"
        let request = "GET /derp/probe HTTP/1.1\r\nHost: x\r\n" + filler + "\r\n"
        do {
            try connection.write(request)
        } catch KitError.closed {
            // Refused before it was read to its end.
        }
        let answer = String(decoding: try connection.readToEnd(), as: UTF8.self)
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 431") || answer.hasPrefix("HTTP/1.1 400"))
        #expect(try HTTPRequest("/derp/probe").send(to: server).status == 200)
    }

    @Test("Headers that never end are refused when they grow too large")
    func endlessHeaders() throws {
        let server = try ServerProcess(.plain)
        let connection = try server.connect()
        let before = try server.usage().residentBytes
        try connection.write("GET / HTTP/1.1\r\nHost: x\r\nX: ")
        let chunk = [UInt8](repeating: 0x61, count: 4096)
        #expect(throws: KitError.self) {
            for _ in 0..<4096 {
                try connection.write(chunk)
            }
        }
        #expect(try server.usage().residentBytes - before < 8 << 20)
    }

    @Test("Binary garbage is closed", arguments: [Security.plain, .tls13])
    func garbage(security: Security) throws {
        let server = try ServerProcess(ServerOptions(certificate: security.isTLS ? .selfSigned : .none))
        for _ in 0..<10 {
            let connection = try server.connect(.plain)
            try? connection.write(TestKey.random(20_000) + Array("\r\n\r\n".utf8))
            _ = try connection.readToEnd()
        }
        #expect(try HTTPRequest("/derp/probe").send(to: server).status == 200)
    }
}
