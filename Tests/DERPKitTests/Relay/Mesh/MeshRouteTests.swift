import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("Routes through the mesh")
struct MeshRouteTests {
    private static let disco: [UInt8] = Array("TS💬".utf8) + [UInt8](repeating: 1, count: 60)

    @Test("a packet for a key elsewhere goes to the node that has it, from every loop", arguments: 0..<3)
    func forwarding(loop: Int) throws {
        let mesh = try MeshTable(loops: 3, seed: 1)
        let link = try mesh.link(on: 1)
        let sender = try TableClient(mesh.table, on: loop)
        mesh.table.settle()
        let remote = NodePrivateKey().publicKey
        link.tell(.present(remote))
        sender.send([1, 2, 3], to: remote)
        sender.send(Self.disco, to: remote)
        sender.send([], to: remote)
        mesh.table.settle()
        let head = sender.key.bytes + remote.bytes
        let frames = link.frames()
        #expect(Set(frames.map(\.type)) == [.forwardPacket])
        #expect(Set(frames.map(\.payload)) == [head + [1, 2, 3], head + Self.disco, head])
        #expect(mesh.table.counters.packetsForwardedOut == 3)
        #expect(mesh.table.counters.bytesForwardedOut == UInt64(3 + Self.disco.count))
        #expect(mesh.table.counters.packetsSent == 0)
    }

    @Test("the client here is preferred, else the node that has had the key longest")
    func preference() throws {
        let mesh = try MeshTable(loops: 2, seed: 2)
        let table = mesh.table
        let links = [try mesh.link(on: 0), try mesh.link(on: 1), try mesh.link(on: 1)]
        let sender = try TableClient(table, on: 0)
        let key = NodePrivateKey()
        table.settle()
        /// Which link a packet takes; `nil`: none.
        func way() -> Int? {
            sender.send([1], to: key.publicKey)
            table.settle()
            return links.indices.first { links[$0].frames().contains { $0.type == .forwardPacket } }
        }
        #expect(way() == nil)
        links[1].tell(.present(key.publicKey))
        links[0].tell(.present(key.publicKey), .present(key.publicKey))
        links[2].tell(.present(key.publicKey))
        #expect(way() == 1)
        let local = try TableClient(table, on: 1, key: key)
        table.settle()
        #expect(way() == nil)
        #expect(local.frames().contains { $0.type == .recvPacket })
        local.leave()
        table.settle()
        #expect(way() == 1)
        links[1].tell(.gone(key.publicKey))
        #expect(way() == 0)
        links[1].tell(.present(key.publicKey))
        #expect(way() == 0)
        links[0].breakDown()
        #expect(way() == 2)
        links[2].breakDown()
        #expect(way() == 1)
        links[1].tell(.gone(key.publicKey), .gone(key.publicKey))
        #expect(way() == nil)
        for relay in table.relays { #expect(relay.route(to: key.publicKey) == nil) }
        #expect(!links[0].tell(.present(key.publicKey)), "a broken link tells nothing")
    }

    @Test("a link that has ended gives way to those that live, also for a client that was here meanwhile")
    func endedLink() throws {
        let mesh = try MeshTable(loops: 2, seed: 4)
        let table = mesh.table
        let (ended, other, next) = (try mesh.link(on: 1), try mesh.link(on: 0), try mesh.link(on: 1))
        let sender = try TableClient(table, on: 0)
        let (moving, elsewhere, lost) = (NodePrivateKey(), NodePrivateKey().publicKey, NodePrivateKey().publicKey)
        table.settle()
        func links(to key: NodePublicKey) -> [Int] {
            sender.send([1], to: key)
            table.settle()
            let all = [ended, other, next]
            return all.indices.filter { all[$0].frames().contains { $0.type == .forwardPacket } }
        }
        ended.tell(.present(moving.publicKey), .present(elsewhere), .present(lost))
        other.tell(.present(elsewhere))
        #expect(links(to: elsewhere) == [0])
        ended.end()
        #expect(links(to: elsewhere) == [1])
        let local = try TableClient(table, on: 1, key: moving)
        table.settle()
        local.leave()
        next.tell(.present(moving.publicKey))
        #expect(links(to: moving.publicKey) == [2])
        _ = sender.frames()
        ended.breakDown()
        #expect(links(to: moving.publicKey) == [2])
        #expect(links(to: elsewhere) == [1])
        #expect(links(to: lost) == [])
    }

    @Test("a link that has ended while another was used is no way either once that one breaks")
    func endedSpareLink() throws {
        let mesh = try MeshTable(loops: 2, seed: 5)
        let table = mesh.table
        let links = [try mesh.link(on: 0), try mesh.link(on: 1), try mesh.link(on: 0)]
        let sender = try TableClient(table, on: 0)
        let key = NodePrivateKey().publicKey
        table.settle()
        for link in links { link.tell(.present(key)) }
        links[1].end()
        links[0].breakDown()
        sender.send([1], to: key)
        table.settle()
        #expect(links[2].frames().contains { $0.type == .forwardPacket })
    }

    @Test("a forwarded packet is delivered here, and never forwarded again")
    func once() throws {
        let mesh = try MeshTable(loops: 2, seed: 3)
        let peer = try mesh.peer(on: 0)
        let link = try mesh.link(on: 1)
        let local = [try TableClient(mesh.table, on: 0), try TableClient(mesh.table, on: 1)]
        defer { withExtendedLifetime(local) {} }
        mesh.table.settle()
        let (source, remote) = (NodePrivateKey().publicKey, NodePrivateKey().publicKey)
        link.tell(.present(remote))
        for receiver in local {
            _ = receiver.frames()
            peer.forward([7], from: source, to: receiver.key)
            mesh.table.settle()
            #expect(receiver.frames() == [TableClient.Frame(type: .recvPacket, payload: source.bytes + [7])])
        }
        _ = peer.frames()
        peer.forward([8], from: source, to: remote)
        peer.forward(Self.disco, from: source, to: remote)
        mesh.table.settle()
        #expect(link.frames().isEmpty)
        #expect(peer.frames() == [.gone(remote, 1)], "only path discovery is answered")
        #expect(mesh.table.counters.drops(.unknownDestinationOnForward, .other) == 1)
        #expect(mesh.table.counters.drops(.unknownDestinationOnForward, .disco) == 1)
        #expect(mesh.table.counters.packetsForwardedIn == 4)
    }

    @Test("a key that leaves one node is gone only when it has left the region", arguments: 0..<20)
    func peerGone(seed: Int) throws {
        let mesh = try MeshTable(loops: 3, seed: UInt64(seed))
        let table = mesh.table
        let peer = try mesh.peer(on: table.chance(0...2))
        let links = [try mesh.link(on: table.chance(0...2)), try mesh.link(on: table.chance(0...2))]
        let receivers = try (0..<3).map { try TableClient(table, on: $0) }
        let key = NodePrivateKey()
        table.settle()
        for link in links { link.tell(.present(key.publicKey)) }
        peer.forward([1], from: key.publicKey, to: receivers[0].key)
        let local = try TableClient(table, on: table.chance(0...2), key: key)
        table.settle()
        local.send([2], to: receivers[1].key)
        table.settle()
        receivers.forEach { _ = $0.frames() }
        let departures: [() -> Void] = [
            { local.leave() }, { links[0].tell(.gone(key.publicKey)) }, { links[1].breakDown() },
        ]
        let order = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]][seed % 6]
        for (number, departure) in order.enumerated() {
            departures[departure]()
            table.settle()
            let expected: [TableClient.Frame] = number == 2 ? [.gone(key.publicKey)] : []
            #expect(receivers.map { $0.frames() } == [expected, expected, []])
        }
    }

    @Test("a client hears once of each key, however often it comes and goes elsewhere")
    func onceGone() throws {
        let mesh = try MeshTable(loops: 2, seed: 5)
        let peer = try mesh.peer(on: 0)
        let link = try mesh.link(on: 1)
        let receiver = try TableClient(mesh.table, on: 1)
        mesh.table.settle()
        _ = receiver.frames()
        let key = NodePrivateKey().publicKey
        // Before this node heard of the key.
        peer.forward([1], from: key, to: receiver.key)
        for _ in 0..<3 {
            link.tell(.present(key))
            peer.forward([2], from: key, to: receiver.key)
            mesh.table.settle()
            link.tell(.gone(key))
        }
        #expect(receiver.frames().filter { $0.type == .peerGone } == [.gone(key)])
    }

    @Test("a node's own clients that leave are no news for clients elsewhere, and links hear nothing of it")
    func localLeaves() throws {
        let mesh = try MeshTable(loops: 2, seed: 6)
        let link = try mesh.link(on: 1)
        let remote = NodePrivateKey().publicKey
        link.tell(.present(remote))
        let sender = try TableClient(mesh.table, on: 0)
        mesh.table.settle()
        sender.send([1], to: remote)
        mesh.table.settle()
        _ = link.frames()
        sender.leave()
        mesh.table.settle()
        #expect(link.frames().isEmpty)
    }

    @Test("what a broken link leaves is dropped and counted")
    func brokenLink() throws {
        let mesh = try MeshTable(loops: 2, seed: 7)
        let remote = NodePrivateKey().publicKey
        let link = try mesh.link(on: 1)
        link.tell(.present(remote))
        let senders = [try TableClient(mesh.table, on: 0), try TableClient(mesh.table, on: 1)]
        defer { withExtendedLifetime(senders) {} }
        mesh.table.settle()
        for sender in senders { sender.send([1], to: remote) }
        link.breakDown()
        for sender in senders { sender.send([2], to: remote) }
        mesh.table.settle()
        let drops =
            mesh.table.counters.drops(.goneDisconnected, .other)
            + mesh.table.counters.drops(.unknownDestination, .other)
        #expect(Int(drops) + link.frames().count == 4)
    }

    @Test("a link's queue is bounded, and drops its oldest packets")
    func fullLink() throws {
        let mesh = try MeshTable(loops: 1, seed: 8)
        let link = try mesh.link(on: 0)
        let remote = NodePrivateKey().publicKey
        link.tell(.present(remote))
        let sender = try TableClient(mesh.table, on: 0)
        mesh.table.settle()
        for number in 0..<200 {
            sender.send([UInt8(number)] + [UInt8](repeating: 0, count: 30_000), to: remote)
            mesh.table.settle()
        }
        var numbers: [UInt8] = []
        #expect(
            mesh.table.turn {
                numbers += link.frames().map { $0.payload[64] }
                return numbers.last == 199
            }
        )
        #expect(numbers == numbers.sorted())
        #expect(numbers.count > 30)
        let counters = mesh.table.counters
        #expect(Int(counters.drops(.queueHead, .other)) == 200 - numbers.count)
        #expect(Int(counters.packetsForwardedOut) == numbers.count)
        #expect(Int(counters.bytesForwardedOut) == numbers.count * 30_001)
    }
}
