@_spi(Benchmarks) import DERPKit

/// A node of the mesh that the relay connects to. It does only what is needed to accept a link.
final class HostileNode: Sendable {
    private let key = NodePrivateKey()
    /// Answers the upgrade and sends its key; returns false if the link has closed.
    func greet(_ wire: Wire) -> Bool {
        guard let (head, _) = HostileServer.request(on: wire) else { return false }
        let answer = head.lowercased().contains("derp-fast-start") ? [] : Self.switching
        return wire.send(answer + Frame.serverKey(self.key.publicKey))
    }

    /// Accepts the link after ``greet(_:)``; returns false if it has closed.
    func admit(_ wire: Wire) -> Bool {
        var bytes: [UInt8] = []
        let least = FrameHeader.byteCount + NodePublicKey.byteCount
        while bytes.count < least {
            guard let more = wire.receive() else { return false }
            bytes += more
        }
        guard let peer = NodePublicKey(bytes[FrameHeader.byteCount..<least]),
            let box = SecretBox(privateKey: self.key, peer: peer)
        else { return false }
        return wire.send(Frame.encode(.serverInfo, box.seal(Array("{\"version\":2}".utf8))))
    }

    /// Does no harm until the attack begins: sends only what keeps the link open. Returns false if it has closed.
    func behave(_ wire: Wire, _ field: Field) -> Bool {
        var reader = FrameReader()
        while !field.hasBegun {
            guard let bytes = wire.receive() else { return false }
            var pongs: [UInt8] = []
            let goesOn = bytes.withUnsafeBytes { buffer in
                reader.read(buffer) { _ in
                    .take
                } body: { type, payload in
                    if type == .ping { pongs += Frame.encode(.pong, payload.prefix(8)) }
                    return true
                }
            }
            guard goesOn, pongs.isEmpty || wire.send(pongs) else { return false }
        }
        return true
    }

    private static let switching = Array(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\r\n".utf8
    )
}
