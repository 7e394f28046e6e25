import TestSupport
import Testing

@testable import DERPKit

@Suite("Keys at other nodes")
struct RemoteKeysTests {
    private static let links = (0..<3).map { ClientID(loop: 1, slot: $0, generation: 7) }

    private func key(_ random: inout SplitMix64) throws -> NodePublicKey {
        try #require(NodePublicKey(random.bytes(32)))
    }

    @Test("it does as a dictionary does", arguments: 0..<4)
    func model(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let keys = try (0..<2000).map { _ in try self.key(&random) }
        var remotes = RemoteKeys()
        var model: [NodePublicKey: ClientID] = [:]
        for _ in 0..<20_000 {
            let key = keys[Int.random(in: 0..<keys.count, using: &random)]
            if Int.random(in: 0..<3, using: &random) == 0 {
                #expect(remotes.remove(key) == model.removeValue(forKey: key))
            } else {
                let link = Self.links[Int.random(in: 0..<3, using: &random)]
                remotes.set(key, over: link)
                model[key] = link
            }
            #expect(remotes.count == model.count)
        }
        for key in keys { #expect(remotes[key] == model[key]) }
    }

    @Test("a link's keys are taken part by part, and others stay")
    func removal() throws {
        var random = SplitMix64(seed: 9)
        let keys = try (0..<3000).map { _ in try self.key(&random) }
        var remotes = RemoteKeys()
        for (index, key) in keys.enumerated() { remotes.set(key, over: Self.links[index % 3]) }
        var removed: Set<NodePublicKey> = []
        for part in 0..<RemoteKeys.partCount {
            let some = remotes.removeAll(over: Self.links[1], inPart: part)
            #expect(some.count < 100)
            for key in some { #expect(removed.insert(key).inserted) }
        }
        #expect(removed.count == 1000)
        #expect(remotes.count == 2000)
        for (index, key) in keys.enumerated() {
            #expect(remotes[key] == (index % 3 == 1 ? nil : Self.links[index % 3]))
        }
    }

    @Test("a forgotten link leaves nothing, though clients log in with its keys and other links tell of them meanwhile")
    func forgottenLink() throws {
        let mesh = try MeshTable(loops: 2, seed: 11)
        let table = mesh.table
        let (dying, other) = (try mesh.link(on: 0), try mesh.link(on: 1))
        let keys = (0..<600).map { _ in NodePrivateKey() }
        for key in keys { dying.tell(.present(key.publicKey)) }
        let (forwarder, dyingID, otherID) = (table.forwarder, dying.id, other.id)
        Task(executorPreference: table.relays[0].loop) { await forwarder.remove(link: dyingID) }
        var clients: [TableClient] = []
        for (index, key) in keys.enumerated() where index % 20 == 0 {
            clients.append(try TableClient(table, on: index / 20 % 2, key: key))
            let changes = [MeshChange.present(keys[index + 1].publicKey)]
            Task(executorPreference: table.relays[0].loop) { _ = await forwarder.learn(changes, over: otherID) }
            table.turnSome()
        }
        table.settle()
        let counts = try #require(table.run { await forwarder.counts })
        #expect(counts.clients == 30)
        #expect(counts.remoteClients == 30)
        clients.forEach { $0.leave() }
        table.settle()
        let after = try #require(table.run { await forwarder.counts })
        #expect(after.clients == 0)
        #expect(after.remoteClients == 30)
        for relay in table.relays {
            for (index, key) in keys.enumerated() {
                #expect(relay.route(to: key.publicKey)?.target == (index % 20 == 1 ? otherID : nil))
            }
        }
    }

    @Test("a link that tells of more keys than are kept is refused")
    func limit() throws {
        var random = SplitMix64(seed: 3)
        let mesh = try MeshTable(loops: 1, seed: 12)
        let link = try mesh.link(on: 0)
        let (forwarder, id) = (mesh.table.forwarder, link.id)
        let changes = try (0...PacketForwarder.linkLimit).map { _ in MeshChange.present(try self.key(&random)) }
        let first = Array(changes.dropLast())
        #expect(mesh.table.run { await forwarder.learn(first, over: id) } == PacketForwarder.linkLimit)
        let last = Array(changes.suffix(1))
        #expect(mesh.table.run { await forwarder.learn(last, over: id) } == .some(nil))
        _ = mesh.table.run { await forwarder.remove(link: id) }
        #expect(mesh.table.run { await forwarder.counts.remoteClients } == 0)
        for change in [changes[0], changes[5000]] {
            guard case .present(let key) = change else { continue }
            #expect(mesh.table.relays[0].route(to: key) == nil)
        }
    }
}
