import AsyncSockets
import DERPKit
import Foundation
import TestSupport
import Testing

@Suite("A stock client that is disconnected", .light, .blocking, .serialized)
struct DisconnectedTailcatTests {
    /// When a relay's clients came, and were refused.
    private final class Comings: Sendable {
        private let times = Lock<[NodePublicKey: [ContinuousClock.Instant]]>([:])

        /// Notes them until the relay stops.
        func note(_ events: RelayEvents) async {
            for await event in events where event.kind == .clientConnected || event.kind == .clientRefused {
                guard let key = event.key else { continue }
                self.times.withLock { $0[key, default: []].append(.now) }
            }
        }

        func of(_ key: NodePublicKey, since start: ContinuousClock.Instant) -> [Duration] {
            self.times.withLock { ($0[key] ?? []).filter { $0 >= start }.map { $0 - start } }
        }
    }

    private static func configuration() throws -> RelayServer.Configuration {
        let certificate = try Certificate.selfSigned(for: "127.0.0.1")
        let address = IPEndpoint(.loopbackIPv4, port: 0)
        var configuration = RelayServer.Configuration(
            privateKey: NodePrivateKey(),
            addresses: [address],
            security: .tls(certificate)
        )
        configuration.plainHTTPAddresses = [address]
        configuration.stunAddresses = [address]
        configuration.loopCount = 2
        let node = DERPNode(name: "900a", regionID: 900, hostName: "127.0.0.1", ipv4: "127.0.0.1", ipv6: "none")
        configuration.region = DERPRegion(regionID: 900, regionCode: "own", regionName: "Own", nodes: [node])
        // Held for 3 to 10 s.
        configuration.connectionLimits.refusedHoldTime = .seconds(10)
        return configuration
    }

    @Test("It comes back once: at once without a reason, and after it was held with one", .timeLimit(.minutes(4)))
    func disconnected() async throws {
        let relay = try RelayServer(configuration: Self.configuration())
        try await relay.start()
        let comings = Comings()
        let noting = Task { [events = relay.events] in await comings.note(events) }
        let mapPort = try #require(await relay.boundPlainHTTPAddresses.first).port
        let stream = try TailcatStream(Tailcat.Setting(mapPort: mapPort))
        let keys = Set(await relay.clients.map(\.key))
        #expect(keys.count == 2)

        for key in keys {
            let start = ContinuousClock.now
            #expect(await relay.disconnect(key) >= 1)
            try stream.flow(within: .seconds(60)) { ContinuousClock.now - start > .seconds(8) }
            let tries = comings.of(key, since: start)
            print("without a reason: came after \(tries), nothing flowed for \(stream.longestGap)")
            // Its machine's network may change meanwhile, which has it come again.
            #expect((1...4).contains(tries.count), "\(tries)")
            #expect(stream.longestGap < .seconds(6))
            stream.longestGap = .zero
        }

        let key = try #require(keys.first)
        let start = ContinuousClock.now
        #expect(await relay.disconnect(key, reason: "to see what it does") == 1)
        while comings.of(key, since: start).isEmpty { try await Task.sleep(for: .milliseconds(50)) }
        try await Task.sleep(for: .seconds(5))
        let tries = comings.of(key, since: start)
        print("with a reason: came after \(tries)")
        #expect((1...4).contains(tries.count), "\(tries)")
        try stream.flow(within: .seconds(60)) { stream.longestGap > .zero }
        await relay.shutdown()
        await noting.value
    }
}
