import AsyncSockets
import Testing

@testable import DERPKit

/// A relay in this process, and clients of it.
struct ObservedRelay: Sendable {
    let relay: RelayServer
    let server: DERPClient.Server
    let clientGroup: IOLoopGroup

    /// Runs `body` with a relay, and stops it.
    static func run(
        _ configure: (inout RelayServer.Configuration) -> Void = { _ in },
        _ body: (ObservedRelay) async throws -> Void
    ) async throws {
        var configuration = RelayServer.Configuration(
            privateKey: NodePrivateKey(),
            addresses: [IPEndpoint(.loopbackIPv4, port: 0)],
            security: .none
        )
        configuration.loopCount = 2
        configuration.drainTimeout = .milliseconds(300)
        configure(&configuration)
        let relay = try RelayServer(configuration: configuration)
        try await relay.start()
        do {
            guard let address = await relay.boundAddresses.first else { throw DERPError(.listen, "it listens nowhere") }
            let server = DERPClient.Server(host: "127.0.0.1", port: address.port, security: .none)
            try await body(Self(relay: relay, server: server, clientGroup: try IOLoopGroup(count: 1)))
        } catch {
            await relay.shutdown()
            throw error
        }
        await relay.shutdown()
    }

    /// Logs in. A refused client is told so by a Health frame: the first message.
    func connect(_ key: NodePrivateKey = NodePrivateKey(), timeout: Duration = .seconds(10)) async throws -> DERPClient
    {
        var options = DERPClient.Options()
        options.connectTimeout = timeout
        return try await DERPClient.connect(to: self.server, as: key, options: options, on: self.clientGroup.loops[0])
    }

    /// What keeps a client out, in the relay's words; `nil`: it comes in.
    func refusal(of key: NodePrivateKey) async throws -> String? {
        do {
            let client = try await self.connect(key)
            await client.close(within: .zero)
            return nil
        } catch let error as DERPError where error.code == .refused {
            return error.message
        }
    }

    func expectAdmission(of key: NodePrivateKey, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let refusal = try await self.refusal(of: key)
        #expect(refusal == nil, sourceLocation: sourceLocation)
    }

    /// Waits until the relay's clients are as `condition` wants them; the test's time limit bounds it.
    func clients(until condition: ([ConnectedClient]) -> Bool) async -> [ConnectedClient] {
        while true {
            let clients = await self.relay.clients
            if condition(clients) { return clients }
            await Task.yield()
        }
    }
}
