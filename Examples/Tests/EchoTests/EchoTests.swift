import DERPKitTesting
import Echo
import Testing

@Suite(.timeLimit(.minutes(1)))
struct EchoTests {
    /// Sends until an answer comes: packets get lost while the echo has no connection.
    private func expectAnswer(to client: DERPClient, from echo: NodePublicKey) async throws {
        while true {
            try await client.send([1, 2, 3], to: echo)
            do {
                if try await client.receive(within: .milliseconds(100)) == .packet(from: echo, [1, 2, 3]) { return }
            } catch {
                guard error.code == .timeout else { throw error }
            }
        }
    }

    @Test func answersAfterLosses() async throws {
        try await TestRelay.run(security: .tls) { relay in
            let client = relay.reconnectingClient()
            let running = Task { try await Echo(client).run() }
            var asker = try await relay.connect()
            try await self.expectAnswer(to: asker, from: client.publicKey)

            await relay.cut(client.publicKey)
            try await self.expectAnswer(to: asker, from: client.publicKey)

            try await relay.restart()
            asker = try await relay.connect()
            try await self.expectAnswer(to: asker, from: client.publicKey)

            await client.shutdown()
            try await running.value
        }
    }
}
