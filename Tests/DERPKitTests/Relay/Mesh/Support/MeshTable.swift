@testable import AsyncSockets
@_spi(Benchmarks) @testable import DERPKit

/// A ``LoopTable`` of a node that belongs to a mesh, and what other nodes do there.
struct MeshTable {
    let table: LoopTable
    let meshKey: MeshKey

    init(loops: Int, seed: UInt64) throws {
        let meshKey = try Self.key()
        self.meshKey = meshKey
        self.table = try LoopTable(loops: loops, seed: seed) { $0.mesh = MeshConfiguration(key: meshKey) }
    }

    static func key(_ byte: UInt8 = 7) throws -> MeshKey {
        guard let key = MeshKey(bytes: [UInt8](repeating: byte, count: 32)) else {
            throw DERPError(.invalidConfiguration, "no key")
        }
        return key
    }

    /// Another node's link to this one.
    func peer(on loop: Int, key: NodePrivateKey = NodePrivateKey()) throws -> TableClient {
        var info = ClientInfo()
        info.meshKey = self.meshKey
        return try TableClient(self.table, on: loop, key: key, info: info)
    }

    /// This node's link to another one.
    func link(on loop: Int) throws -> TableLink { try TableLink(self.table, on: loop) }
}

extension TableClient {
    func watch() { self.send(DERPKit.Frame.encode(.watchConns, [])) }

    func forward(_ packet: [UInt8], from source: NodePublicKey, to destination: NodePublicKey) {
        self.send(DERPKit.Frame.encode(.forwardPacket, source.bytes + destination.bytes + packet))
    }

    func close(_ key: NodePublicKey) { self.send(DERPKit.Frame.encode(.closePeer, key.bytes)) }
}

extension TableClient.Frame {
    static func gone(_ key: NodePublicKey, _ reason: UInt8 = 0) -> Self {
        Self(type: .peerGone, payload: key.bytes + [reason])
    }

    /// What a PeerPresent frame says.
    var presence: PeerPresence? {
        self.type == .peerPresent ? self.payload.withUnsafeBytes { PeerPresence(payload: $0) } : nil
    }
}
