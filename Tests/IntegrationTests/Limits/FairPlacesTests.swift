import TestSupport
import Testing

@Suite("Places of connections that have not logged in", .light, .blocking, .serialized, .timeLimit(.minutes(2)))
struct FairPlacesTests {
    private func server(_ flags: String...) throws -> ServerProcess {
        try ServerProcess(ServerOptions(certificate: .none, flags: flags))
    }

    /// Connections from 127.0.0.`host` that say nothing.
    private func crowd(of count: Int, at server: ServerProcess, from host: UInt8 = 5) throws -> [Connection] {
        try (0..<count).map { _ in try Connection(port: server.port, from: host, security: .plain) }
    }

    private func client(of server: ServerProcess, from host: UInt8 = 2) throws -> RawDERPClient {
        try RawDERPClient(over: Connection(port: server.port, from: host, security: .plain))
    }

    @Test("However many one address has, others log in at once, and again and again")
    func silentCrowd() throws {
        let server = try self.server("--max-pending=200")
        let early = try self.client(of: server)
        var crowd = try self.crowd(of: 300, at: server)
        for _ in 0..<10 {
            crowd += try self.crowd(of: 50, at: server)
            try self.client(of: server).expectQuiet()
        }
        try early.expectQuiet()
        let reading = try MetricsReading(over: Connection(port: server.port, from: 3, security: .plain))
        #expect(try reading.total("derp_connections_refused_total", #"limit="pending""#) >= 500)
        #expect(try reading.total("derp_connections_closed_total", #"reason="gave_way""#) >= 500)
        // All but 200 of the crowd are gone, the first ones.
        #expect(try crowd[0].readToEnd(within: Deadline.answer).isEmpty)
        withExtendedLifetime(crowd) {}
    }

    @Test("A client that is logging in stays while a crowd from elsewhere keeps coming")
    func slowLogin() throws {
        let server = try self.server("--max-pending=20")
        let request = try Connection(port: server.port, from: 2, security: .plain)
        try request.write("GET /generate_204 HTTP/1.1\r\n")
        let pending = try PendingClient(over: Connection(port: server.port, from: 3, security: .plain))
        let crowd = try self.crowd(of: 200, at: server)
        try request.write("Host: 127.0.0.1\r\n\r\n")
        let status = try HTTPResponse(from: request).status
        #expect(status == 204)
        let key = TestKey()
        let login = try DERPHandshake.clientInfo(DERPHandshake.information, of: key, for: pending.serverKey)
        try pending.connection.write(login.encoded)
        _ = try DERPHandshake.readServerInfo(from: pending.connection, to: key, serverKey: pending.serverKey)
        withExtendedLifetime(crowd) {}
    }

    @Test("Clients have left their place, and those of the crowd's own address come in too")
    func clients() throws {
        let server = try self.server("--max-pending=5")
        let clients = try (0..<8).map { _ in try self.client(of: server, from: 5) }
        let crowd = try self.crowd(of: 20, at: server)
        // Those of the crowd that are accepted only now may take its place once more.
        try eventually("one more comes in") { (try? self.client(of: server, from: 5).expectQuiet()) != nil }
        for client in clients { try client.expectQuiet() }
        withExtendedLifetime(crowd) {}
    }

    @Test("Logins that don't end hold so much memory in all, and others log in meanwhile")
    func pendingMemory() throws {
        let server = try self.server()
        let client = try self.client(of: server)
        let before = try server.usage().residentBytes
        // All but the last byte of the largest login that there may be.
        let login = Frame.header(.clientInfo, length: 256 * 1024) + TestKey.random(256 * 1024 - 1)
        var crowd: [PendingClient] = []
        for _ in 0..<300 {
            let pending = try PendingClient(over: Connection(port: server.port, from: 5, security: .plain))
            try? pending.connection.write(login)
            crowd.append(pending)
        }
        try self.client(of: server).expectQuiet()
        // What was sent may still be on its way.
        try eventually("the first ones make room") {
            let connection = try Connection(port: server.port, from: 3, security: .plain)
            let reading = try MetricsReading(over: connection)
            return try reading.total("derp_connections_refused_total", #"limit="pending_memory""#) > 30
        }
        let growth = try server.usage().residentBytes - before
        #expect(growth < 160 << 20, "resident memory grew by \(growth) bytes")
        try client.expectQuiet()
        try self.client(of: server).expectQuiet()
        withExtendedLifetime(crowd) {}
    }

    @Test("When files are short, one address has to make room for others")
    func files() throws {
        let server = try ServerProcess(ServerOptions.plain.with { $0.openFileLimit = 100 })
        var crowd = try self.crowd(of: 200, at: server)
        for _ in 0..<5 {
            crowd += try self.crowd(of: 20, at: server)
            // The last of the crowd may have left no descriptor just now.
            try eventually("a client logs in") { (try? self.client(of: server).expectQuiet()) != nil }
        }
        withExtendedLifetime(crowd) {}
    }

    @Test("Requests don't keep a connection open forever: the last answer says that it is the last")
    func keepAlive() throws {
        let server = try self.server("--login-timeout=3s")
        let connection = try server.connect()
        let start = ContinuousClock.now
        var answers: [String] = []
        while answers.last != "close" {
            let response = try HTTPRequest("/generate_204").send(over: connection)
            answers.append(try #require(response["connection"]))
            #expect(response.status == 204)
            guard ContinuousClock.now - start < Deadline.answer else { break }
        }
        #expect(answers.count > 1 && answers.dropLast().allSatisfy { $0 == "keep-alive" } && answers.last == "close")
        #expect(ContinuousClock.now - start > .milliseconds(900))
        #expect(try connection.readToEnd(within: Deadline.answer).isEmpty)
    }

    enum Stage: CaseIterable { case request, login, secondRequest }

    @Test(
        "What dribbles in ends when the time before a login is over, whatever each step may take",
        arguments: Stage.allCases
    )
    func dribble(stage: Stage) throws {
        let server = try self.server("--login-timeout=2s")
        let start = ContinuousClock.now
        let connection: Connection
        var bytes = Array(
            "GET /generate_204 HTTP/1.1\r\nHost: 127.0.0.1\r\nX: 0123456789012345678901234567890123\r\n".utf8
        )
        switch stage {
        case .request: connection = try server.connect()
        case .login:
            connection = try PendingClient(server).connection
            bytes = Frame.header(.clientInfo, length: 200) + TestKey.random(100)
        case .secondRequest:
            connection = try server.connect()
            _ = try HTTPRequest("/generate_204").send(over: connection)
        }
        let time = try Dribbler(connection, bytes).runUntilClosed(within: .seconds(9), since: start)
        #expect(time > .milliseconds(1200) && time < .seconds(8), "it took \(time)")
        let reading = try MetricsReading(of: server)
        #expect(try reading.total("derp_connections_closed_total", #"reason="timeout""#) == 1)
    }
}
