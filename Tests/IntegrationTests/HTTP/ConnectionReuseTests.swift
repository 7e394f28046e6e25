import TestSupport
import Testing

@Suite("HTTP connections", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct ConnectionReuseTests {
    @Test("A connection serves one request after another", arguments: [Security.plain, .tls13])
    func reuse(security: Security) throws {
        let server = try ServerProcess(ServerOptions(certificate: security.isTLS ? .selfSigned : .none))
        let connection = try server.connect()
        for path in ["/derp/probe", "/robots.txt", "/generate_204", "/derp", "/derp/latency-check"] {
            _ = try HTTPRequest(path).send(over: connection)
        }
        let head = try HTTPRequest("/robots.txt", method: "HEAD").send(over: connection)
        #expect(head.status == 200)
        try connection.write(DERPHandshake.Start.upgrade.request.encoded)
        _ = try DERPHandshake.readServerKey(from: connection, .upgrade)
    }

    @Test("Requests sent ahead are answered in their order")
    func pipelining() throws {
        let server = try ServerProcess(.plain)
        let connection = try server.connect()
        let paths = ["/derp/probe", "/generate_204", "/robots.txt", "/derp"]
        try connection.write(paths.map { HTTPRequest($0).encoded }.joined())
        let statuses = try paths.map { _ in try HTTPResponse(from: connection).status }
        #expect(statuses == [200, 204, 200, 426])
    }

    @Test("Connection: close is obeyed")
    func close() throws {
        let server = try ServerProcess(.plain)
        let connection = try server.connect()
        let response = try HTTPRequest("/robots.txt", headers: ["Connection": "close"]).send(over: connection)
        #expect(response.status == 200)
        #expect(try connection.readToEnd(within: .seconds(5)).isEmpty)
    }

    @Test("A request may come byte by byte")
    func byteByByte() throws {
        let server = try ServerProcess(.plain)
        let connection = try server.connect()
        try connection.write(HTTPRequest("/robots.txt").encoded, segment: 1)
        #expect(try HTTPResponse(from: connection).status == 200)
    }
}
