import AsyncSockets
import Testing

@Suite("TLS handshake")
struct TLSHandshakeTests {
    @Test("a client that says nothing fails the handshake when the deadline passes, and the loop goes on")
    func silentClient() async throws {
        let tls = try TestCertificate.server()
        let server = try await TestServer { stream in
            stream.setDeadline(.milliseconds(50))
            try await stream.startTLS(tls)
        }
        let client = try RawSocket.connect(to: server.address)
        let outcome = try await server.nextOutcome()
        #expect { try outcome.get() } throws: { ($0 as? SocketError)?.code == .timeout }
        try await server.group.loops[0].attempt {}
        #expect(try client.receiveAll().isEmpty)
        await server.close()
    }
}
