import Foundation
import TestSupport
import Testing

@Suite("Peers with the mesh key", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct MeshPeerTests {
    private static let meshKey = Hexadecimal.encode(TestKey.random(32))

    /// A server with the mesh key, and nobody to mesh with.
    private static func server(flags: [String] = []) throws -> ServerProcess {
        let directory = try TemporaryDirectory()
        try directory.write(self.meshKey, to: "mesh.key")
        return try ServerProcess(
            .plain.with {
                $0.directory = directory
                $0.flags = ["-mesh-psk-file", directory.file("mesh.key").path] + flags
            }
        )
    }

    private static func peer(of server: ServerProcess, meshKey: String = meshKey) throws -> RawDERPClient {
        try RawDERPClient(server, information: MeshRegion.information(meshKey: meshKey))
    }

    @Test("Each WatchConns is answered with all clients, itself included, and with their addresses and flags")
    func watching() throws {
        let server = try Self.server()
        let client = try RawDERPClient(server)
        let prober = try RawDERPClient(server, information: #"{"version":2,"IsProber":true}"#)
        let peer = try Self.peer(of: server)
        for _ in 0..<2 {
            try peer.send(Frame(.watchConnections))
            var flood: [[UInt8]: [UInt8]] = [:]
            while flood.count < 3 {
                let frame = try peer.next()
                #expect(frame.type == .peerPresent)
                #expect(frame.payload.count == 51)
                flood[Array(frame.payload.prefix(32))] = Array(frame.payload.dropFirst(32))
            }
            for (client, flags) in [(client, 1), (prober, 4), (peer, 2)] as [(RawDERPClient, UInt8)] {
                let port = try localPort(of: client.connection.socket.descriptor)
                let address: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1]
                #expect(
                    flood[client.key.publicBytes]
                        == address + [UInt8(port >> 8), UInt8(truncatingIfNeeded: port), flags]
                )
            }
            try peer.expectQuiet()
        }
        client.close()
        try peer.expect(.peerGone(client.key, reason: 0))
    }

    @Test("A wrong mesh key makes an ordinary client, which relays, and whose privileged frames close the connection")
    func wrongKey() throws {
        let server = try Self.server()
        let wrong = String(Self.meshKey.dropLast()) + (Self.meshKey.last == "0" ? "1" : "0")
        for key in [wrong, String(repeating: "0", count: 64)] {
            let peer = try Self.peer(of: server, meshKey: key)
            let client = try RawDERPClient(server)
            try peer.send([1], to: client.key)
            try client.expect(.received([1], from: peer.key))
            try peer.send(Frame(.watchConnections))
            #expect(peer.expectClosed().isEmpty)
        }
        #expect(try MetricsReading(of: server).total("derp_mesh_watchers") == 0)
    }

    @Test("Mesh peers are exempt from admission, others are not")
    func admission() throws {
        let directory = try TemporaryDirectory()
        try directory.write("# nobody\n", to: "allow")
        let server = try Self.server(flags: ["--allow-file", directory.file("allow").path])
        try Self.peer(of: server).expectQuiet()
        #expect(try RefusedClient(server).notice?.contains("not on the allow list") == true)
    }

    @Test("ClosePeer closes every connection of the key and no other")
    func closePeer() throws {
        let server = try Self.server()
        let peer = try Self.peer(of: server)
        let key = TestKey()
        let victims = try (0..<3).map { _ in try RawDERPClient(server, key: key) }
        defer { withExtendedLifetime(victims) {} }
        let other = try RawDERPClient(server)
        try peer.send(Frame(.closePeer, TestKey().publicBytes))
        try peer.expectQuiet()
        try peer.send(Frame(.closePeer, key.publicBytes))
        for victim in victims { victim.expectClosed() }
        try other.expectQuiet()
        try peer.expectQuiet()
        #expect(
            try MetricsReading(of: server).total("derp_connections_closed_total", "reason=\"closed_by_mesh\"") == 3
        )
    }

    @Test(
        "A flood of ClosePeer costs a few lines that say how many there were, and holds nobody up",
        arguments: [1, 2]
    )
    func closePeerFlood(loops: Int) throws {
        let server = try Self.server(flags: ["--loops", "\(loops)"])
        let clients = try (0..<4).map { _ in try RawDERPClient(server) }
        let peer = try Self.peer(of: server)
        let count = 200_000
        try Self.flood(peer, count: count) {
            try clients[0].send([1], to: clients[1].key)
            try clients[1].expect(.received([1], from: clients[0].key))
        }
        let victim = try RawDERPClient(server)
        try peer.send(Frame(.closePeer, victim.key.publicBytes))
        victim.expectClosed()
        for client in clients { try client.expectQuiet() }
        try server.stop()
        let said = server.said("Closing a client at the request of a mesh peer")
        #expect((11...40).contains(said.lines), "\(said)")
        #expect(said.lines + said.leftOut == count + 1)
    }

    @Test(
        "A flood of ClosePeer takes no memory",
        .withoutSanitizer("a sanitizer shadows memory, and keeps what was freed"),
        arguments: [1, 2]
    )
    func memoryOfFlood(loops: Int) throws {
        let server = try Self.server(flags: ["--loops", "\(loops)"])
        let peer = try Self.peer(of: server)
        let before = try server.usage().residentBytes
        try Self.flood(peer, count: 200_000)
        #expect(try server.usage().residentBytes < before + 16 << 20)
    }

    /// Has `peer` ask for the end of `count` keys that nobody has, and do something after each thousand. All is done when
    /// it returns.
    private static func flood(_ peer: RawDERPClient, count: Int, afterEachThousand act: () throws -> Void = {}) throws {
        let batch = (0..<1000).flatMap { _ in Frame(.closePeer, TestKey.random(32)).encoded }
        for _ in 0..<count / 1000 {
            try peer.connection.write(batch)
            try act()
        }
        // The pong comes behind them.
        try peer.expectQuiet()
    }

    @Test(
        "Frames of a wrong size close the connection at once, and harm nobody else",
        arguments: [
            (FrameType.watchConnections, 1), (.watchConnections, Int(UInt32.max)), (.closePeer, 31), (.closePeer, 33),
            (.closePeer, 0), (.closePeer, Int(UInt32.max)), (.forwardPacket, 63), (.forwardPacket, 0),
            (.forwardPacket, 64 + 65537), (.forwardPacket, Int(UInt32.max)),
        ]
    )
    func wrongSize(type: FrameType, size: Int) throws {
        let server = try Self.server()
        let other = try RawDERPClient(server)
        let peer = try Self.peer(of: server)
        try peer.connection.write(Frame.header(type, length: UInt32(size)))
        #expect(peer.expectClosed().isEmpty)
        try other.expectQuiet()
        #expect(try MetricsReading(of: server).total("derp_connections_closed_total", "reason=\"bad_frame\"") == 1)
    }

    @Test("A frame that is cut does nothing", arguments: [0, 1, 31, 63, 64, 99])
    func cut(count: Int) throws {
        let server = try Self.server()
        let receiver = try RawDERPClient(server)
        let peer = try Self.peer(of: server)
        let frame = Frame(.forwardPacket, TestKey().publicBytes + receiver.key.publicBytes + TestKey.random(36))
        try peer.connection.write(Array(frame.encoded.prefix(5 + count)))
        peer.reset()
        try receiver.expectQuiet()
    }

    @Test("What a peer forwards is delivered; to a key that isn't here it is dropped and counted")
    func forwarding() throws {
        let server = try Self.server()
        let peer = try Self.peer(of: server)
        let receiver = try RawDERPClient(server)
        let source = TestKey()
        for size in [0, 1, 65536] {
            let packet = TestKey.random(size)
            try peer.send(Frame(.forwardPacket, source.publicBytes + receiver.key.publicBytes + packet))
            try receiver.expect(.received(packet, from: source))
        }
        let unknown = TestKey()
        let disco = DiscoPacket.make()
        try peer.send(Frame(.forwardPacket, source.publicBytes + unknown.publicBytes + [1]))
        try peer.send(Frame(.forwardPacket, source.publicBytes + unknown.publicBytes + disco))
        try peer.expect(.peerGone(unknown, reason: 1))
        try peer.expectQuiet()
        let metrics = try MetricsReading(of: server)
        #expect(try metrics.total("derp_packets_dropped_total", "reason=\"unknown_dest_on_fwd\"") == 2)
        #expect(try metrics.total("derp_packets_forwarded_total", "direction=\"in\"") == 5)
    }
}
