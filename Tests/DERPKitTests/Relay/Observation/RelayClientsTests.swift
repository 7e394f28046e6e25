import Foundation
import Testing

@testable import DERPKit

@Suite("Connected clients", .timeLimit(.minutes(1)))
struct RelayClientsTests {
    @Test("each connection is there, with its key, its home, and whether it gets the packets")
    func snapshot() async throws {
        try await ObservedRelay.run { observed in
            #expect(await observed.relay.clients.isEmpty)
            let before = Date()
            let key = NodePrivateKey()
            let idle = try await observed.connect(key)
            let active = try await observed.connect(key)
            let other = try await observed.connect()
            try await other.notePreferred(true)
            let clients = await observed.clients { $0.count == 3 && $0.contains(where: \.isHome) }
            #expect(clients.filter { $0.key == key.publicKey }.map(\.isActive).sorted { $1 && !$0 } == [false, true])
            let home = try #require(clients.first { $0.isHome })
            #expect(home.key == other.publicKey && home.isActive && !home.isMeshPeer)
            #expect(clients.allSatisfy { $0.address.ip == .loopbackIPv4 && $0.address.port != 0 })
            // The loops' clock and this one are read at different moments.
            let period = before - 1...Date() + 1
            #expect(clients.allSatisfy { period.contains($0.since) })
            for client in [idle, active, other] { await client.close() }
            _ = await observed.clients(until: \.isEmpty)
        }
    }

    @Test("more clients than one look takes are all there, each once")
    func many() async throws {
        try await ObservedRelay.run { configuration in
            configuration.loopCount = 1
        } _: { observed in
            var connected: [DERPClient] = []
            for _ in 0..<300 { connected.append(try await observed.connect()) }
            let clients = await observed.clients { $0.count >= 300 }
            #expect(Set(clients.map(\.key)) == Set(connected.map(\.publicKey)))
            #expect(clients.count == 300)
        }
    }
}
