import TestSupport
import Testing

@Suite("Timers", .idle, .blocking, .timeLimit(.minutes(2)))
struct TimerTests {
    @Test("A client that does not send ClientInfo is closed after 10 seconds")
    func silence() throws {
        let server = try ServerProcess(.plain)
        let pending = try PendingClient(server)
        let start = ContinuousClock.now
        #expect(try pending.connection.readToEnd(within: .seconds(25)).isEmpty)
        let elapsed = ContinuousClock.now - start
        #expect(elapsed > .seconds(8) && elapsed < .seconds(15), "closed after \(elapsed)")
    }

    @Test("A client that dribbles its ClientInfo is closed after 10 seconds")
    func dribble() throws {
        let server = try ServerProcess(.plain)
        let pending = try PendingClient(server)
        let frame = try DERPHandshake.clientInfo(of: TestKey(), for: pending.serverKey)
        let start = ContinuousClock.now
        let dribbler = Dribbler(pending.connection, frame.encoded)
        let elapsed = try dribbler.runUntilClosed(within: .seconds(25), since: start)
        #expect(elapsed > .seconds(8) && elapsed < .seconds(15), "closed after \(elapsed)")
    }

    @Test("A WebSocket client that does not log in, or dribbles its login, is closed with 1008 after 10 seconds")
    func webSocketLogin() throws {
        let server = try ServerProcess()
        let silent = try WebSocketConnection(server)
        let dribbling = try WebSocketConnection(server)
        let start = ContinuousClock.now
        let serverKey = Array(try dribbling.readDERPFrame().payload[8..<40])
        let frame = WebSocketFrame.binary(try DERPHandshake.clientInfo(of: TestKey(), for: serverKey).encoded).encoded
        let elapsed = try Dribbler(dribbling.connection, frame).runUntilClosed(within: .seconds(25), since: start)
        #expect(elapsed > .seconds(8) && elapsed < .seconds(15), "closed after \(elapsed)")
        silent.expectClose(1008)
        try eventually("both are counted") {
            try MetricsReading(of: server).total("derp_websockets_closed_total", #"reason="policy_violation""#) == 2
        }
    }

    @Test("A client that sends no request is closed after 30 seconds", arguments: [Security.plain, .tls13])
    func noRequest(security: Security) throws {
        let server = try ServerProcess(ServerOptions(certificate: security.isTLS ? .selfSigned : .none))
        let connection = try server.connect()
        let start = ContinuousClock.now
        _ = try connection.readToEnd(within: .seconds(50))
        let elapsed = ContinuousClock.now - start
        #expect(elapsed > .seconds(25) && elapsed < .seconds(40), "closed after \(elapsed)")
    }

    @Test("A client that dribbles its request, a byte at a time, is closed after 30 seconds")
    func dribbledRequest() throws {
        let server = try ServerProcess(.plain)
        let connection = try server.connect()
        let start = ContinuousClock.now
        let bytes = Array("GET /derp/probe HTTP/1.1\r\nHost: x\r\nX: ".utf8) + [UInt8](repeating: 0x61, count: 4096)
        let elapsed = try Dribbler(connection, bytes).runUntilClosed(within: .seconds(50), since: start)
        #expect(elapsed > .seconds(25) && elapsed < .seconds(40), "closed after \(elapsed)")
    }

    @Test("A client that says nothing at all to the TLS port is closed after 30 seconds")
    func noTLS() throws {
        let server = try ServerProcess()
        let connection = try server.connect(.plain)
        let start = ContinuousClock.now
        _ = try connection.readToEnd(within: .seconds(50))
        let elapsed = ContinuousClock.now - start
        #expect(elapsed > .seconds(25) && elapsed < .seconds(40), "closed after \(elapsed)")
    }

    @Test("A client that dribbles its ClientHello, a byte at a time, is closed after 30 seconds")
    func dribbledTLS() throws {
        let server = try ServerProcess()
        let connection = try server.connect(.plain)
        let start = ContinuousClock.now
        let hello = try TLSSession(version: .tls13)
        _ = try hello.handshake()
        let elapsed = try Dribbler(connection, hello.drain()).runUntilClosed(within: .seconds(50), since: start)
        #expect(elapsed > .seconds(25) && elapsed < .seconds(40), "closed after \(elapsed)")
    }

    @Test("An idle client is sent an empty KeepAlive after 60 to 65 seconds")
    func keepAlive() throws {
        let server = try ServerProcess()
        let client = try RawDERPClient(server)
        let start = ContinuousClock.now
        let frame = try DERPHandshake.readFrame(from: client.connection, until: Deadline(in: .seconds(80)))
        let elapsed = ContinuousClock.now - start
        #expect(frame == Frame(.keepAlive))
        #expect(elapsed > .seconds(59) && elapsed < .seconds(70), "after \(elapsed)")
    }
}
