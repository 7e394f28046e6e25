@_spi(Benchmarks) import DERPKit

/// A client of the relay, as far as an attacker needs one: it has logged in, and does what it likes. One thread at a time.
final class RelayClient: @unchecked Sendable {
    let channel: any Channel
    let key: NodePublicKey
    /// What came behind the login, and isn't read yet.
    private(set) var early: [UInt8]

    /// Connects and logs in; `nil` when it isn't let in.
    ///
    /// - Parameters:
    ///   - isTLS: whether over TLS; `nil`: as the server speaks.
    ///   - receiveBuffer: how much the kernel keeps for it to read, in bytes.
    init?(
        _ field: Field,
        from source: Source,
        as key: NodePrivateKey = NodePrivateKey(),
        meshKey: MeshKey? = nil,
        receiveBuffer: Int32? = nil,
        patience: Double = 5
    ) {
        guard
            let wire = Wire(
                field,
                to: field.ports.relay,
                from: source,
                patience: patience,
                receiveBuffer: receiveBuffer
            )
        else { return nil }
        if field.isTLS {
            guard let secure = SecureWire(wire) else { return nil }
            self.channel = secure
        } else {
            self.channel = wire
        }
        self.key = key.publicKey
        self.early = []
        var info = ClientInfo()
        info.meshKey = meshKey
        info.canAckPings = true
        var handshake = ClientHandshake(privateKey: key, host: "127.0.0.1", info: info)
        guard self.channel.send(handshake.request) else { return nil }
        while true {
            guard let bytes = self.channel.receive(),
                let step = try? bytes.withUnsafeBytes({ try handshake.take($0) })
            else {
                self.channel.close()
                return nil
            }
            switch step {
            case .receive: continue
            case .send(let answer): guard self.channel.send(answer) else { return nil }
            case .complete(let welcome):
                self.early = welcome.early
                return
            }
        }
    }

    deinit { self.channel.close() }

    func send(_ type: FrameType, _ payload: [UInt8]) -> Bool { self.channel.send(Frame.encode(type, payload)) }

    /// A SendPacket frame.
    static func packet(to key: NodePublicKey, _ content: [UInt8]) -> [UInt8] {
        Frame.encode(.sendPacket, key.bytes + content)
    }

    /// A key that nobody has.
    static func strangerKey() -> NodePublicKey {
        var generator = SystemRandomNumberGenerator()
        let words = (0..<4).map { _ in generator.next() as UInt64 }
        return words.withUnsafeBytes { NodePublicKey(unchecked: $0.baseAddress!) }
    }
}
