import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("Mesh peers")
struct MeshPeerTests {
    @Test("that watch hear of every client, themselves included, and then of every change")
    func watching() throws {
        let mesh = try MeshTable(loops: 3, seed: 1)
        let table = mesh.table
        var prober = ClientInfo()
        prober.isProber = true
        let clients = [
            try TableClient(table, on: 0), try TableClient(table, on: 1, info: prober),
            try TableClient(table, on: 2, info: prober, isNotIdeal: true),
        ]
        table.settle()
        let peer = try mesh.peer(on: 1)
        table.settle()
        #expect(peer.frames().map(\.type) == [.serverInfo])
        peer.watch()
        table.settle()
        let flags = Dictionary(uniqueKeysWithValues: peer.frames().compactMap(\.presence).map { ($0.key, $0.flags) })
        #expect(
            flags == [
                clients[0].key: .regular, clients[1].key: .prober, clients[2].key: [.prober, .notIdeal],
                peer.key: .meshPeer,
            ]
        )

        let newcomer = try TableClient(table, on: 2, isNotIdeal: true)
        table.settle()
        let presences = peer.frames().map(\.presence)
        #expect(presences.count == 1)
        #expect(presences.first??.key == newcomer.key)
        #expect(presences.first??.flags == .notIdeal)
        #expect(presences.first??.address == newcomer.stream.peerAddress)
        clients[0].leave()
        table.settle()
        #expect(peer.frames() == [.gone(clients[0].key)])

        peer.watch()
        table.settle()
        #expect(
            Set(peer.frames().compactMap(\.presence).map(\.key))
                == [clients[1].key, clients[2].key, newcomer.key, peer.key]
        )
    }

    @Test("that ask again during the first report get another one")
    func askingAgain() throws {
        let mesh = try MeshTable(loops: 2, seed: 3)
        let client = try TableClient(mesh.table, on: 0)
        let peer = try mesh.peer(on: 1)
        mesh.table.settle()
        _ = peer.frames()
        peer.watch()
        // To the forwarder and back: the peer is now among those who watch, and is being told.
        for index in [1, 0, 1] { mesh.table.relays[index].loop.turn() }
        peer.watch()
        mesh.table.settle()
        let keys = peer.frames().compactMap(\.presence).map(\.key)
        #expect(keys.filter { $0 == client.key }.count == 2)
        #expect(keys.filter { $0 == peer.key }.count == 2)
    }

    @Test("hear that a key left only when its last connection has")
    func duplicates() throws {
        let mesh = try MeshTable(loops: 2, seed: 2)
        let peer = try mesh.peer(on: 0)
        mesh.table.settle()
        peer.watch()
        let key = NodePrivateKey()
        let first = try TableClient(mesh.table, on: 0, key: key)
        let second = try TableClient(mesh.table, on: 1, key: key)
        mesh.table.settle()
        _ = peer.frames()
        first.leave()
        mesh.table.settle()
        #expect(peer.frames().isEmpty)
        second.leave()
        mesh.table.settle()
        #expect(peer.frames() == [.gone(key.publicKey)])
    }

    @Test("know in the end who is there, though clients come and go while they are told", arguments: 0..<30)
    func changesDuringFlood(seed: Int) throws {
        let mesh = try MeshTable(loops: 3, seed: UInt64(seed))
        let table = mesh.table
        let peer = try mesh.peer(on: table.chance(0...2))
        var clients = try (0..<20).map { try TableClient(table, on: $0 % 3) }
        table.settle()
        _ = peer.frames()
        peer.watch()
        for _ in 0..<40 {
            if table.chance(0...1) == 0 {
                clients.append(try TableClient(table, on: table.chance(0...2)))
            } else {
                clients.remove(at: table.chance(0...clients.count - 1)).leave()
            }
            table.turnSome()
        }
        table.settle()
        var known: Set<NodePublicKey> = []
        for frame in peer.frames() {
            if let presence = frame.presence { known.insert(presence.key) }
            if frame.type == .peerGone, let key = frame.key { known.remove(key) }
        }
        #expect(known == Set(clients.map(\.key) + [peer.key]))
    }

    @Test("that don't read get the report in parts, which hold little memory, and miss nothing")
    func slowWatcher() throws {
        let mesh = try MeshTable(loops: 2, seed: 4)
        let table = mesh.table
        let forwarder = table.forwarder
        let count = 20_000
        let keys = (0..<count).map { Self.key($0) }
        _ = table.run {
            for (number, key) in keys.enumerated() {
                let id = ClientID(loop: 1, slot: UInt32(1_000_000 + number), generation: 0)
                let client = LocalClient(id: id, address: .init(.loopbackIPv4, port: 1), flags: .regular)
                await forwarder.register(client, key: key)
            }
        }
        let peer = try mesh.peer(on: 0)
        table.settle()
        _ = peer.frames()
        peer.watch()
        table.settle()
        // More than a socket and the queue take at once waits in the table, and the peer is not closed for it.
        #expect(peer.closeReason == nil)
        var known: Set<NodePublicKey> = []
        #expect(
            table.turn {
                known.formUnion(peer.frames(limit: 30_000).compactMap(\.presence).map(\.key))
                return known.count == count + 1
            }
        )
    }

    @Test("that don't read what changes are closed, for nothing may be missing")
    func tooSlow() throws {
        let mesh = try MeshTable(loops: 2, seed: 5)
        let table = mesh.table
        let peer = try mesh.peer(on: 0)
        table.settle()
        peer.watch()
        table.settle()
        let forwarder = table.forwarder
        let key = Self.key(1)
        // In parts, because each run has ten seconds; and many at a time, because a peer that takes nothing is closed after
        // half a minute anyway.
        for part in 0..<20 {
            _ = table.run {
                await withTaskGroup(of: Void.self) { group in
                    for start in stride(from: part * 10_000, to: (part + 1) * 10_000, by: 100) {
                        group.addTask { await Self.register(start..<start + 100, key: key, with: forwarder) }
                    }
                }
            }
        }
        #expect(table.turn(for: .seconds(60)) { peer.closeReason == .tooSlow })
        #expect(table.run { await forwarder.counts.watchers } == 0)
    }

    private static func register(_ numbers: Range<Int>, key: NodePublicKey, with forwarder: PacketForwarder) async {
        for number in numbers {
            let id = ClientID(loop: 1, slot: UInt32(1_000_000 + number), generation: 0)
            let client = LocalClient(id: id, address: .init(.loopbackIPv4, port: 1), flags: .regular)
            await forwarder.register(client, key: key)
        }
    }

    @Test("close all connections of a key")
    func closePeer() throws {
        let mesh = try MeshTable(loops: 2, seed: 6)
        let key = NodePrivateKey()
        let victims = [try TableClient(mesh.table, on: 0, key: key), try TableClient(mesh.table, on: 1, key: key)]
        defer { withExtendedLifetime(victims) {} }
        let other = try TableClient(mesh.table, on: 0)
        let peer = try mesh.peer(on: 1)
        mesh.table.settle()
        peer.close(NodePrivateKey().publicKey)
        mesh.table.settle()
        #expect(victims.allSatisfy { $0.closeReason == nil })
        peer.close(key.publicKey)
        mesh.table.settle()
        #expect(victims.allSatisfy { $0.closeReason == .closedByMesh })
        #expect(other.closeReason == nil)
        #expect(peer.closeReason == nil)
    }

    @Test(
        "may do what ordinary clients may not, and only in the right sizes",
        arguments: [
            (FrameType.watchConns, 0, true), (.watchConns, 1, false), (.closePeer, 32, true), (.closePeer, 31, false),
            (.closePeer, 33, false), (.closePeer, 0, false), (.forwardPacket, 64, true), (.forwardPacket, 63, false),
            (.forwardPacket, 0, false), (.forwardPacket, 64 + 65536, true), (.forwardPacket, 64 + 65537, false),
        ]
    )
    func sizes(type: FrameType, size: Int, isAllowed: Bool) throws {
        let mesh = try MeshTable(loops: 1, seed: 7)
        let peer = try mesh.peer(on: 0)
        var wrong = ClientInfo()
        wrong.meshKey = try MeshTable.key(8)
        let ordinary = [try TableClient(mesh.table, on: 0), try TableClient(mesh.table, on: 0, info: wrong)]
        defer { withExtendedLifetime(ordinary) {} }
        mesh.table.settle()
        #expect(ordinary.allSatisfy { $0.closeReason == nil }, "a wrong mesh key makes an ordinary client")
        let frame = Frame.encode(type, [UInt8](repeating: 9, count: size))
        for client in ordinary + [peer] { client.send(Array(frame.prefix(5))) }
        mesh.table.settle()
        #expect(ordinary.allSatisfy { $0.closeReason == .badFrame })
        #expect(peer.closeReason == (isAllowed ? nil : .badFrame))
        var sent = 5
        while isAllowed, sent < frame.count {
            sent += peer.send(Array(frame[sent...]))
            mesh.table.settle()
        }
        peer.ping()
        mesh.table.settle()
        #expect(peer.frames().contains { $0.type == .pong } == isAllowed)
    }

    /// The key with this number.
    private static func key(_ number: Int) -> NodePublicKey {
        let words = [UInt64](repeating: UInt64(number + 1), count: 4)
        return words.withUnsafeBytes { NodePublicKey(unchecked: $0.baseAddress!) }
    }
}
