@_spi(Benchmarks) import DERPKit

/// A client of the relay for attackers. It has logged in and can send anything. Used by one thread at a time.
final class RelayClient: @unchecked Sendable {
    let channel: any Channel
    let key: NodePublicKey
    /// The unread bytes that came together with the end of the login.
    private(set) var early: [UInt8]

    /// Connects and logs in; `nil` if the relay doesn't admit the client.
    ///
    /// - Parameters:
    ///   - isTLS: Whether to use TLS; `nil` to do as the server does.
    ///   - receiveBuffer: The size of the kernel's receive buffer, in bytes.
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

    /// Returns a SendPacket frame.
    static func packet(to key: NodePublicKey, _ content: [UInt8]) -> [UInt8] {
        Frame.encode(.sendPacket, key.bytes + content)
    }

    /// Returns a key that no client has.
    static func strangerKey() -> NodePublicKey {
        var generator = SystemRandomNumberGenerator()
        let words = (0..<4).map { _ in generator.next() as UInt64 }
        return words.withUnsafeBytes { NodePublicKey(unchecked: $0.baseAddress!) }
    }
}
