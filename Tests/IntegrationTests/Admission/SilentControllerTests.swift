import Foundation
import TestSupport
import Testing

@Suite("A controller that says nothing", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct SilentControllerTests {
    /// Takes two connections and answers none; further ones are not even taken.
    private let silent: PortReservation
    private let relay: ServerProcess

    init() throws {
        self.silent = try PortReservation(.tcp)
        let url = "http://127.0.0.1:\(self.silent.port)/verify"
        self.relay = try ServerProcess(
            ServerOptions(certificate: .none, loops: 1, flags: ["-verify-client-url", url])
        )
    }

    /// A client that has said who it is, and what it sends at once.
    private func pendingClient(_ key: TestKey = TestKey()) throws -> Connection {
        let pending = try PendingClient(self.relay)
        let packet = Frame.send([1, 2, 3], to: TestKey())
        try pending.connection.write(
            DERPHandshake.clientInfo(of: key, for: pending.serverKey).encoded + packet.encoded
        )
        return pending.connection
    }

    @Test("A client that waits for it holds up no other, and is refused after 5 s")
    func others() throws {
        let start = ContinuousClock.now
        let clients = try (0..<20).map { _ in try self.pendingClient() }
        // On a slow machine fewer are answered before the first client is refused; only one if the clients held it up.
        var answered = 0
        while answered < 50, try !clients.contains(where: { try $0.socket.isReadable() }) {
            #expect(try HTTPRequest("/generate_204").send(to: self.relay).status == 204)
            answered += 1
        }
        #expect(answered > 5)
        for client in clients {
            let frame = try DERPHandshake.readFrame(from: client, until: Deadline(in: Deadline.answer))
            #expect(frame.type == .health)
        }
        #expect(ContinuousClock.now - start < .seconds(10) * Sanitizer.slowness)
        #expect(try MetricsReading(of: self.relay).total("derp_packets_received_total") == 0)
    }

    @Test("Clients that leave while they wait leave nothing behind")
    func leaving() throws {
        for _ in 0..<20 { try self.pendingClient().close() }
        try eventually("their connections have ended") {
            try MetricsReading(of: self.relay).total("derp_connections") <= 1
        }
    }

    @Test("The server stops in time though clients wait for it")
    func stopping() throws {
        let client = try self.pendingClient()
        let start = ContinuousClock.now
        #expect(try self.relay.stop() == .code(0))
        #expect(ContinuousClock.now - start < .seconds(4))
        withExtendedLifetime(client) {}
    }
}
