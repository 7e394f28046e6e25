import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("Connections with one key")
struct DuplicateKeyTests {
    private let key = NodePrivateKey()

    /// Which of `connections` gets a packet from `sender`.
    private func receiver(of table: LoopTable, _ connections: [TableClient], from sender: TableClient) -> [Int] {
        table.settle()
        for connection in connections { _ = connection.frames() }
        sender.send([1], to: self.key.publicKey)
        table.settle()
        return connections.indices.filter { connections[$0].frames().contains { $0.type == .recvPacket } }
    }

    @Test("the one that last sent anything gets the packets; when it leaves, the one that spoke before it takes over")
    func lastToSpeak() throws {
        let table = try LoopTable(loops: 3, seed: 1)
        let sender = try TableClient(table, on: 0)
        var connections: [TableClient] = []
        for loop in 0..<3 {
            connections.append(try TableClient(table, on: loop, key: self.key))
            #expect(self.receiver(of: table, connections, from: sender) == [loop], "the newcomer")
        }
        connections[0].ping()
        #expect(self.receiver(of: table, connections, from: sender) == [0])
        // Any frame counts, even one that nobody knows, and even the beginning of one.
        connections[2].send([0xee, 0, 0, 0, 1, 9])
        #expect(self.receiver(of: table, connections, from: sender) == [2])
        connections[1].send([0xee])
        #expect(self.receiver(of: table, connections, from: sender) == [1])
        connections[1].leave()
        #expect(self.receiver(of: table, connections, from: sender) == [2])
        connections[2].leave()
        #expect(self.receiver(of: table, connections, from: sender) == [0])
    }

    @Test("one that leaves without being active changes nothing")
    func idleOneLeaves() throws {
        let table = try LoopTable(loops: 2, seed: 2)
        let sender = try TableClient(table, on: 0)
        var connections = [try TableClient(table, on: 0, key: self.key)]
        defer { withExtendedLifetime(connections) {} }
        table.settle()
        connections.append(try TableClient(table, on: 1, key: self.key))
        #expect(self.receiver(of: table, connections, from: sender) == [1])
        connections[0].leave()
        #expect(self.receiver(of: table, connections, from: sender) == [1])
        let forwarder = table.forwarder
        #expect(table.run { await forwarder.counts.clients } == 2)
        #expect(table.run { await forwarder.counts.duplicates } == 0)
    }

    @Test("a peer hears PeerGone only when the last is gone, also of a connection that left before")
    func contacts() throws {
        let table = try LoopTable(loops: 2, seed: 3)
        let peers = [try TableClient(table, on: 0), try TableClient(table, on: 1), try TableClient(table, on: 0)]
        let first = try TableClient(table, on: 0, key: self.key)
        table.settle()
        first.send([1], to: peers[0].key)
        table.settle()
        let second = try TableClient(table, on: 1, key: self.key)
        table.settle()
        second.send([2], to: peers[1].key)
        table.settle()
        for peer in peers { _ = peer.frames() }
        first.leave()
        table.settle()
        for peer in peers { #expect(peer.frames().isEmpty) }
        second.leave()
        table.settle()
        let gone = [TableClient.Frame(type: .peerGone, payload: self.key.publicKey.bytes + [0])]
        #expect(peers.map { $0.frames() } == [gone, gone, []])
    }
}
