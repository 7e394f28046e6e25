@_spi(Benchmarks) @testable import DERPKit

/// What clients and mesh peers send to a relay, which runs in this process: from their first byte, or right after their
/// login. Whatever it is, the relay answers with whole frames of the right size, and then closes.
enum ConnectionsFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard let kind = input.first else { return }
        let input = Array(input.dropFirst())
        switch kind % 3 {
        case 0: _ = self.relay.talk(input)
        case 1: self.checkFrames(self.relay.talk(FuzzedRelay.login(as: FuzzedRelay.client, info: ClientInfo()) + input))
        default:
            var info = ClientInfo()
            info.meshKey = FuzzedRelay.meshKey
            self.checkFrames(self.relay.talk(FuzzedRelay.login(as: FuzzedRelay.peer, info: info) + input))
        }
    }

    private static let relay = FuzzedRelay()

    /// Checks what the relay sent to a client that began with its login.
    private static func checkFrames(_ bytes: [UInt8]) {
        var reader = FrameReader()
        var types: [FrameType] = []
        let isGood = bytes.withUnsafeBytes { bytes in
            reader.read(bytes) { header in
                header.type == .serverKey ? .take : ServerFrame.judge(header)
            } body: { type, payload in
                types.append(type)
                return type == .serverKey || ServerFrame(type, payload) != nil
            }
        }
        precondition(isGood, "the relay sends a frame that its clients refuse")
        // A client that is closed at once may see nothing of it.
        precondition([.serverKey, .serverInfo].starts(with: types.prefix(2)), "the relay sends something else first")
        precondition(!types.dropFirst(2).contains { $0 == .serverKey || $0 == .serverInfo })
    }
}
