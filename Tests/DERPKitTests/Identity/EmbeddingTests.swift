import AsyncSockets
import DERPKit
import Testing

/// What the README shows to those who build the relay into a program of their own. Public API only.
@Suite("Embedding")
struct EmbeddingTests {
    @Test("the README's lines run a relay, which ends with shutdown", .timeLimit(.minutes(1)))
    func readme() async throws {
        let directory = try TemporaryDirectory()
        let configuration = RelayServer.Configuration(
            privateKey: try KeyFile(path: directory.file("relay.key")).loadOrCreate().key,
            addresses: [IPEndpoint(.loopbackIPv4, port: 0)],
            security: .tls(try Certificate.selfSigned(for: "127.0.0.1"))
        )
        let relay = try RelayServer(configuration: configuration)
        try await relay.start()
        let running = Task { try await relay.run() }
        #expect(await relay.boundAddresses.first?.port != 0)
        await relay.shutdown()
        try await running.value
    }

    @Test("a cancelled task's relay ends", .timeLimit(.minutes(1)))
    func cancellation() async throws {
        let configuration = RelayServer.Configuration(
            privateKey: NodePrivateKey(),
            addresses: [IPEndpoint(.loopbackIPv4, port: 0)],
            security: .none
        )
        let relay = try RelayServer(configuration: configuration)
        let running = Task { try await relay.run() }
        running.cancel()
        try await running.value
        #expect(await relay.boundAddresses.isEmpty)
    }
}
