import AsyncSockets
import Synchronization
import TestSupport
import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("Links of a mesh", .timeLimit(.minutes(1)))
struct MeshLinkTests {
    /// A node with a link to `relay`, which is patient for a moment only.
    private func node(
        linkedTo relay: ScriptedRelay,
        key: NodePrivateKey = NodePrivateKey(),
        silence: Duration = .seconds(10),
        pings: Duration = .milliseconds(50),
        lines: NotedLines? = nil
    ) async throws -> (server: RelayServer, run: Task<Void, any Error>) {
        var mesh = MeshConfiguration(key: try MeshTable.key(), nodes: [MeshNode(relay.server)])
        mesh.reconnectDelay = .milliseconds(50)
        mesh.pingInterval = pings
        mesh.silenceLimit = silence
        var configuration = RelayServer.Configuration(
            privateKey: key,
            addresses: [IPEndpoint(.loopbackIPv4, port: 0)],
            security: .none
        )
        configuration.mesh = mesh
        configuration.loopCount = 2
        let server = try RelayServer(configuration: configuration, logger: lines?.logger())
        try await server.start()
        return (server, Task { try await server.run() })
    }

    private func status(of server: RelayServer, until: (MeshLinkStatus) -> Bool) async throws -> MeshLinkStatus {
        let link = try #require(await server.links.first)
        let end = ContinuousClock.now + .seconds(20) * Sanitizer.slowness
        while true {
            let status = await link.currentStatus
            if until(status) || ContinuousClock.now > end { return status }
            await Task.yield()
        }
    }

    private static func present(_ count: Int) -> [UInt8] {
        (0..<count).flatMap { _ in
            let address = IPEndpoint(.loopbackIPv4, port: 1)
            return Frame.peerPresent(
                PeerPresence(key: NodePrivateKey().publicKey, address: address, flags: .regular)
            )
        }
    }

    @Test(
        "a link that goes up and down all the time doesn't fill the log, which tells how often, and how it is at last"
    )
    func flapping() async throws {
        // It tells of a client, and then nothing more.
        let relay = try await ScriptedRelay(.admit(Self.present(1)))
        let lines = NotedLines()
        let node = try await self.node(
            linkedTo: relay,
            silence: .milliseconds(50),
            pings: .milliseconds(20),
            lines: lines
        )
        let status = try await self.status(of: node.server) { $0.failures >= 40 }
        #expect(status.failures >= 40)
        let count = lines.all.count { $0.message.hasPrefix("Mesh link is") }
        #expect((10...16).contains(count), "\(count)")
        await node.server.shutdown()
        try await node.run.value
        let link = try #require(await node.server.links.first)
        let (connects, failures) = await (link.currentStatus.connects, link.currentStatus.failures)
        // Only the first of several failures in a row is said: here each is.
        let said = lines.all.filter { $0.message.hasPrefix("Mesh link is") }
        let expected = Int(connects + failures)
        #expect((expected - 1...expected + 1).contains(said.map(\.count).reduce(0, +)))
    }

    @Test("a node's clients are learnt, and a ping is sent while it says nothing")
    func learning() async throws {
        let gone = NodePrivateKey().publicKey
        let relay = try await ScriptedRelay(
            .admit(
                Self.present(3)
                    + Frame.peerPresent(
                        PeerPresence(key: gone, address: IPEndpoint(.loopbackIPv4, port: 1), flags: .regular)
                    ) + Frame.peerGone(gone, .disconnected) + Frame.encode(.ping, [1, 2, 3, 4, 5, 6, 7, 8])
                    + Frame.health("x") + Frame.keepAlive + Frame.encode(FrameType(rawValue: 0x70), [1])
            )
        )
        let node = try await self.node(linkedTo: relay)
        let status = try await self.status(of: node.server) { $0.clients == 3 }
        #expect(status.state == .up && status.clients == 3 && status.connects == 1 && status.failures == 0)
        let pong = Frame.encode(.pong, [1, 2, 3, 4, 5, 6, 7, 8])
        let ping = Frame.encode(.ping, [UInt8](repeating: 0, count: 8))
        let end = ContinuousClock.now + .seconds(10) * Sanitizer.slowness
        while ContinuousClock.now < end, relay.heard.count < 5 + pong.count + ping.count { await Task.yield() }
        #expect(relay.heard.starts(with: Frame.encode(.watchConns, []) + pong + ping))
        await node.server.shutdown()
        try await node.run.value
    }

    @Test(
        "a node that sends nonsense is given up, forgotten and tried again",
        arguments: [
            [0x09, 0, 0, 0, 31], [0x09, 0xff, 0xff, 0xff, 0xff], [0x08, 0, 0, 0, 5], [0x05, 0, 1, 0, 33],
            [0x12, 0, 0, 0, 7],
        ] as [[UInt8]]
    )
    func nonsense(header: [UInt8]) async throws {
        let relay = try await ScriptedRelay(.admit(Self.present(5) + header))
        let node = try await self.node(linkedTo: relay)
        let status = try await self.status(of: node.server) { $0.failures >= 2 }
        #expect(status.failures >= 2)
        #expect(status.clients == 0 && status.state == .down)
        await node.server.shutdown()
        try await node.run.value
    }

    @Test("a node that falls silent is found within the limit, and what it reported is forgotten")
    func silence() async throws {
        let relay = try await ScriptedRelay(.admit(Self.present(5)), reads: false)
        let node = try await self.node(linkedTo: relay, silence: .milliseconds(200))
        let status = try await self.status(of: node.server) { $0.failures >= 1 }
        #expect(status.failures >= 1 && status.connects >= 1)
        await node.server.shutdown()
        try await node.run.value
    }

    @Test("a node that refuses, or isn't there, is tried again", arguments: [true, false])
    func refusal(isThere: Bool) async throws {
        let relay = try await ScriptedRelay(isThere ? .refuse(Frame.health("no")) : .refuse([]))
        let node = try await self.node(linkedTo: relay)
        let status = try await self.status(of: node.server) { $0.failures >= 3 }
        #expect(status.failures >= 3 && status.connects == 0 && status.state == .down)
        await node.server.shutdown()
        try await node.run.value
    }

    @Test("stopping doesn't wait for a node that doesn't answer")
    func stopping() async throws {
        let relay = try await ScriptedRelay(.nothing)
        let node = try await self.node(linkedTo: relay)
        let start = ContinuousClock.now
        await node.server.shutdown()
        try await node.run.value
        #expect(ContinuousClock.now - start < .seconds(3) * Sanitizer.slowness)
    }

    @Test("settings out of range are refused")
    func settings() throws {
        let server = DERPClient.Server(host: "a.example", port: 443, security: .none)
        let changes: [(inout MeshConfiguration) -> Void] = [
            { $0.connectTimeout = .zero }, { $0.reconnectDelay = .zero }, { $0.pingInterval = .zero },
            { $0.silenceLimit = $0.pingInterval },
            { $0.nodes = [MeshNode(.init(host: "a\"b", port: 1, security: .none))] },
            { $0.nodes = [MeshNode(server), MeshNode(server)] },
        ]
        for change in changes {
            var mesh = MeshConfiguration(key: try MeshTable.key())
            try mesh.validate()
            change(&mesh)
            #expect(throws: DERPError.self) { try mesh.validate() }
        }
    }
}
