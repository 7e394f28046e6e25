import Synchronization
import Testing

@testable import AsyncSockets

@Suite("TLS certificate selection")
struct TLSSelectionTests {
    /// Does a handshake with a server that selects by `select`, and returns how it went for both.
    private func connect(
        serverName: String?,
        _ versions: TLSContext.Versions,
        selecting select: @escaping @Sendable (TLSClientHello) -> TLSContext?
    ) async throws -> (client: Result<Void, any Error>, server: Result<Void, any Error>) {
        // Nothing but the session keeps the server's context: OpenSSL calls back into it.
        let server = try await TestServer { stream in
            try await stream.startTLS(TLSContext(selecting: select))
            try await stream.write(Array("hello".utf8))
            await stream.finish()
        }
        let client = try TestCertificate.client(.pinned(TestCertificate.pin), versions)
        let loop = server.group.loops[0]
        let address = server.address
        var outcome = Result<Void, any Error>.success(())
        do {
            try await loop.attempt {
                let stream = try await TCPStream.connect(to: address, on: loop)
                defer { stream.close() }
                try await stream.startTLS(client, serverName: serverName)
                #expect(try await stream.read(5) == Array("hello".utf8))
            }
        } catch {
            outcome = .failure(error)
        }
        let served = try await server.nextOutcome()
        await server.close()
        return (outcome, served)
    }

    @Test(
        "a client sees the certificate of the context that is selected",
        arguments: [
            TLSContext.Versions.tls12, .tls13,
        ]
    )
    func selected(versions: TLSContext.Versions) async throws {
        let context = try TestCertificate.server()
        let outcome = try await self.connect(serverName: "Relay.Example", versions) { hello in
            hello.serverName == "relay.example" && hello.protocols.isEmpty ? context : nil
        }
        #expect(throws: Never.self) { try outcome.client.get() }
        #expect(throws: Never.self) { try outcome.server.get() }
    }

    @Test("a client without a name asks for none")
    func noName() async throws {
        let context = try TestCertificate.server()
        let outcome = try await self.connect(serverName: nil, .both) { $0.serverName == nil ? context : nil }
        #expect(throws: Never.self) { try outcome.client.get() }
    }

    @Test("without a context the client is refused with an alert", arguments: [TLSContext.Versions.tls12, .tls13])
    func refused(versions: TLSContext.Versions) async throws {
        let outcome = try await self.connect(serverName: "relay.example", versions) { _ in nil }
        #expect { try outcome.client.get() } throws: { error in
            let error = error as? SocketError
            return error?.code == .tls && error?.message.contains("handshake failure") == true
        }
        #expect { try outcome.server.get() } throws: { ($0 as? SocketError)?.code == .tls }
    }

    @Test("a client's context can't be selected")
    func clientContext() async throws {
        let context = try TestCertificate.client()
        let outcome = try await self.connect(serverName: nil, .both) { _ in context }
        #expect { try outcome.client.get() } throws: { ($0 as? SocketError)?.code == .tls }
    }

    @Test("a context that demands a protocol refuses clients that don't offer it")
    func demandedProtocol() async throws {
        let context = try TLSContext(
            serverChainPEM: TestCertificate.chainPEM,
            privateKeyPEM: TestCertificate.keyPEM,
            applicationProtocol: "acme-tls/1"
        )
        // A client that offers nothing at all is let pass, by RFC 7301 §3.2: the server sees what it offers.
        let outcome = try await self.connect(serverName: nil, .both) { $0.protocols.isEmpty ? context : nil }
        #expect(throws: Never.self) { try outcome.client.get() }
    }
}
