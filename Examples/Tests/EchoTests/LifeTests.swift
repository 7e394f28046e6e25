import DERPKitTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct LifeTests {
    @Test func oneThatIsStartedAndShutDownByHand() async throws {
        let relay = try await TestRelay(security: .tls) { configuration in
            configuration.connectionLimits.clients = 1
        }
        try await relay.start()
        let client = try await relay.connect()
        await #expect(throws: DERPError.self) { try await relay.connect() }
        await client.close()
        await relay.shutdown()
    }
}
