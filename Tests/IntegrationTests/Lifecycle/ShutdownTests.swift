import Glibc
import TestSupport
import Testing

@Suite("Shutdown", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct ShutdownTests {
    @Test(
        "Each client is sent Restarting and closed, and the exit is 0 within 5 seconds",
        arguments: [SIGTERM, SIGINT],
        [Security.plain, .tls13]
    )
    func clients(signal: Int32, security: Security) throws {
        let server = try ServerProcess(ServerOptions(certificate: security.isTLS ? .selfSigned : .none))
        let clients = try (0..<10).map { _ in try RawDERPClient(server) }
        defer { withExtendedLifetime(clients) {} }
        let start = ContinuousClock.now
        server.send(signal: signal)
        for client in clients {
            let frame = try client.next()
            #expect(frame.type == .restarting)
            #expect(frame.payload.count == 8)
            #expect(client.expectClosed().isEmpty)
        }
        #expect(try server.waitForExit() == .code(0))
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test("Without clients it ends at once", arguments: [SIGTERM, SIGINT])
    func idle(signal: Int32) throws {
        let server = try ServerProcess()
        let start = ContinuousClock.now
        server.send(signal: signal)
        #expect(try server.waitForExit() == .code(0))
        #expect(ContinuousClock.now - start < .seconds(2))
    }

    @Test("A client that does not read, a login half done and an open request don't hold it up")
    func stalledClients() throws {
        let server = try ServerProcess(ServerOptions.plain.with { $0.flags = ["-tcp-write-timeout", "60s"] })
        let sender = try RawDERPClient(server)
        let slow = try RawDERPClient(server, receiveBuffer: 4096)
        for _ in 0..<100 {
            try sender.send(TestKey.random(65536), to: slow.key)
        }
        let halfDone = try PendingClient(server)
        let silent = try server.connect()
        let reader = try RawDERPClient(server)

        let start = ContinuousClock.now
        server.send(signal: SIGTERM)
        #expect(try reader.next().type == .restarting)
        #expect(try server.waitForExit() == .code(0))
        #expect(ContinuousClock.now - start < .seconds(5))
        withExtendedLifetime((slow, halfDone, silent)) {}
    }

    @Test("What was queued is delivered before the close, to a client that reads")
    func flush() throws {
        let server = try ServerProcess(.plain)
        let sender = try RawDERPClient(server)
        let receiver = try RawDERPClient(server)
        let packets = (0..<16).map { _ in TestKey.random(65536 / 8) }
        try sender.connection.write(packets.flatMap { Frame.send($0, to: receiver.key).encoded })
        try sender.expectQuiet()
        server.send(signal: SIGTERM)
        for packet in packets {
            try receiver.expect(.received(packet, from: sender.key))
        }
        #expect(try receiver.next().type == .restarting)
        #expect(receiver.expectClosed().isEmpty)
    }

    @Test("Once it stops, it accepts nobody")
    func noNewClients() throws {
        let server = try ServerProcess(.plain)
        let client = try RawDERPClient(server)
        server.send(signal: SIGTERM)
        #expect(try client.next().type == .restarting)
        #expect(throws: KitError.self) { try RawDERPClient(server) }
    }

    @Test("It can start again on the same ports at once")
    func startAgain() throws {
        let first = try ServerProcess(ServerOptions(hasHelperPort: true, hasSTUN: true))
        let client = try RawDERPClient(first)
        try first.stop()
        let second = try ServerProcess(first.options)
        let again = try RawDERPClient(second)
        #expect(again.serverKey == client.serverKey)
    }
}
