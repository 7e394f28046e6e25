@_spi(Benchmarks) import DERPKit

extension Attack {
    /// The mesh key. The attackers have it, so the relay trusts them like nodes.
    private static let meshKeyText = String(repeating: "5a", count: 32)
    static let meshKey = MeshKey(text: meshKeyText)

    static func meshSettings(_ flags: [String] = []) -> ServerSettings {
        ServerSettings(flags: ["-mesh-psk-file", "{dir}/mesh"] + flags, files: ["mesh": self.meshKeyText + "\n"])
    }

    static let closePeers = Attack(
        "close-peers",
        .trusted,
        "a mesh peer's ClosePeer frames for keys that nobody has, as many as go",
        settings: meshSettings()
    ) { field in
        Self.floodAsPeer(field, .closePeer) { RelayClient.strangerKey().bytes }
    }

    static let forwardToNobody = Attack(
        "forward-to-nobody",
        .trusted,
        "a mesh peer's ForwardPacket frames from and to keys that nobody has, as many as go",
        settings: meshSettings()
    ) { field in
        Self.floodAsPeer(field, .forwardPacket) {
            RelayClient.strangerKey().bytes + RelayClient.strangerKey().bytes + [1]
        }
    }

    static let watchAgain = Attack(
        "watch-conns",
        .trusted,
        "a mesh peer's WatchConns frames without end, each of which asks to be told of everybody again",
        settings: meshSettings()
    ) { field in
        Self.floodAsPeer(field, .watchConns) { [] }
    }

    static let watchUnread = Attack(
        "watch-unread",
        .trusted,
        "16 mesh peers that watch and never read, while 2 clients come and go",
        settings: meshSettings()
    ) { field in
        let peers = (0..<16).compactMap {
            RelayClient(field, from: .many($0), meshKey: Self.meshKey, receiveBuffer: 2048)
        }
        for peer in peers { _ = peer.send(.watchConns, []) }
        Crew.run(2) { index in
            while !field.isOver { RelayClient(field, from: .many(index))?.channel.close() }
        }
        withExtendedLifetime(peers) {}
    }

    /// Sends 512 frames over and over, each with another payload.
    private static func floodAsPeer(_ field: Field, _ type: FrameType, _ payload: () -> [UInt8]) {
        let many = (0..<512).flatMap { _ in Frame.encode(type, payload()) }
        Crew.run(2) { index in
            while !field.isOver {
                guard let peer = RelayClient(field, from: .many(index), meshKey: Self.meshKey, patience: 2) else {
                    continue
                }
                while !field.isOver, peer.channel.send(many), (peer.channel as? SecureWire)?.discard() ?? true {}
                peer.channel.close()
            }
        }
    }
}
