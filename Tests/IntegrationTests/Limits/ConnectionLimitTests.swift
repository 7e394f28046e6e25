import TestSupport
import Testing

@Suite("Limits of connections", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct ConnectionLimitTests {
    private func server(_ flags: String...) throws -> ServerProcess {
        try ServerProcess(ServerOptions(certificate: .none, flags: flags))
    }

    private func refusals(_ limit: String, over connection: Connection) throws -> Double {
        try MetricsReading(over: connection).total("derp_connections_refused_total", "limit=\"\(limit)\"")
    }

    /// Whether the server has closed `connection` at once. It says nothing to one that it keeps.
    private func isClosed(_ connection: Connection) -> Bool {
        (try? connection.readToEnd(within: .milliseconds(300)))?.isEmpty == true
    }

    /// Connects until a connection is kept, and returns it.
    private func connectionKept(by server: ServerProcess) throws -> Connection {
        var kept: Connection?
        try eventually("a connection is kept") {
            let connection = try server.connect()
            guard (try? HTTPRequest("/generate_204").send(over: connection))?.status == 204 else { return false }
            kept = connection
            return true
        }
        return try #require(kept)
    }

    @Test("Connections that come too fast are closed at once, and existing ones continue")
    func acceptRate() throws {
        let server = try self.server("-accept-connection-limit=2", "-accept-connection-burst=10")
        let monitor = try server.connect()
        let client = try RawDERPClient(server)
        let crowd = try (0..<30).map { _ in try server.connect() }
        defer { withExtendedLifetime(crowd) {} }
        let closed = crowd.count { self.isClosed($0) }
        #expect(closed > 10)
        #expect(try self.refusals("accept_rate", over: monitor) >= Double(closed))
        try client.expectQuiet()
        _ = try self.connectionKept(by: server)
    }

    @Test("One address has so many connections, and a place becomes free when one is closed")
    func perAddress() throws {
        let server = try self.server("--max-connections-per-ip=4")
        let monitor = try self.connectionKept(by: server)
        var clients = try (0..<3).map { _ in try RawDERPClient(server) }
        #expect(try self.isClosed(server.connect()))
        #expect(try self.refusals("address", over: monitor) == 1)
        let elsewhere = try Connection(port: server.port, from: 9, security: .plain)
        try RawDERPClient(over: elsewhere).expectQuiet()
        clients.removeLast().close()
        _ = try self.connectionKept(by: server)
        for client in clients { try client.expectQuiet() }
    }

    @Test("A client too many is told so and held; connected ones stay, and it may return when one leaves")
    func clients() throws {
        let server = try self.server("--max-clients=2")
        let first = try RawDERPClient(server)
        let second = try RawDERPClient(server)
        let third = try RefusedClient(server)
        let fourth = try RefusedClient(server)
        #expect(third.notice == "This relay serves as many clients as it may." && fourth.notice == third.notice)
        let reading = try MetricsReading(of: server)
        #expect(try reading.total("derp_connections_refused_total", #"limit="clients""#) == 2)
        #expect(try reading.total("derp_connections_closed_total", #"reason="limit""#) == 0)
        try first.expectQuiet()
        third.expectHeld()
        fourth.expectHeld()
        second.close()
        // One of them, and not both: there is one place. Which one is first is drawn.
        try eventually("one is let go") {
            try MetricsReading(of: server).total("derp_refused_ended_total", #"end="lifted""#) == 1
        }
        let next = try RawDERPClient(server)
        try next.expectQuiet()
        #expect(try MetricsReading(of: server).total("derp_refused_held") == 1)
    }
}
