import DERPKitTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct PacketTests {
    @Test func packetsArriveUntilTheConnectionIsCut() async throws {
        try await TestRelay.run { relay in
            let alice = try await relay.connect()
            let bob = try await relay.connect()
            try await alice.send([1, 2, 3], to: bob.publicKey)
            #expect(try await bob.receive(within: .seconds(10)) == .packet(from: alice.publicKey, [1, 2, 3]))
            await relay.cut(bob.publicKey)
            await #expect(throws: DERPError.self) { try await bob.receive() }
        }
    }
}
