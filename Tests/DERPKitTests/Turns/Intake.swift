@testable import AsyncSockets
@_spi(Benchmarks) @testable import DERPKit

/// What a scripted peer reads before it misbehaves. On the stream's loop.
final class Intake {
    private let stream: TCPStream
    private var bytes: [UInt8] = []

    struct Ended: Error {}

    init(_ stream: TCPStream) {
        self.stream = stream
    }

    /// The head of an HTTP message.
    func head() async throws -> String {
        let end = Array("\r\n\r\n".utf8)
        while true {
            for start in 0..<max(self.bytes.count - 3, 0) where self.bytes[start..<start + 4].elementsEqual(end) {
                let head = String(decoding: self.bytes[..<start], as: UTF8.self)
                self.bytes.removeFirst(start + 4)
                return head
            }
            try await self.more()
        }
    }

    /// A frame's type and payload.
    func frame() async throws -> (FrameType, [UInt8]) {
        while true {
            if self.bytes.count >= FrameHeader.byteCount {
                let header = self.bytes.withUnsafeBytes { FrameHeader($0.baseAddress!) }
                let end = FrameHeader.byteCount + Int(header.payloadCount)
                if self.bytes.count >= end {
                    let payload = Array(self.bytes[FrameHeader.byteCount..<end])
                    self.bytes.removeFirst(end)
                    return (header.type, payload)
                }
            }
            try await self.more()
        }
    }

    private func more() async throws {
        while true {
            switch self.stream.receive() {
            case .bytes(let bytes):
                self.bytes += bytes
                return
            case .wouldBlock: await self.stream.waitUntilReadable()
            case .closed, .failed: throw Ended()
            }
        }
    }
}

/// What relays and clients say before they misbehave.
enum Opening {
    /// A relay's way to each state of its client: what is sent from then on is `pattern`.
    enum RelayState: Sendable {
        /// The client waits for the HTTP response.
        case response
        /// It waits for the server's key.
        case serverKey
        /// It waits to be let in.
        case serverInfo
        /// It is in.
        case admitted
    }

    static func relay(_ state: RelayState, then pattern: [UInt8]) -> Flood.Script {
        { stream in
            let intake = Intake(stream)
            _ = try await intake.head()
            guard state != .response else { return pattern }
            try await stream.write(Array("HTTP/1.1 101 Switching Protocols\r\n\r\n".utf8))
            guard state != .serverKey else { return pattern }
            let key = NodePrivateKey()
            try await stream.write(Frame.serverKey(key.publicKey))
            let (_, payload) = try await intake.frame()
            guard state != .serverInfo else { return pattern }
            guard let login = DERPLogin(payload: payload, privateKey: key) else { throw Intake.Ended() }
            try await stream.write(Frame.encode(.serverInfo, login.box.seal(Array(#"{"version":2}"#.utf8))))
            return pattern
        }
    }

    /// Logs in at a relay, and then sends `pattern`.
    static func client(
        meshKey: MeshKey? = nil,
        isRefused: Bool = false,
        then pattern: [UInt8]
    ) -> Flood.Script {
        { stream in
            try await stream.write(ClientHandshake(privateKey: NodePrivateKey(), host: "a").request)
            let intake = Intake(stream)
            _ = try await intake.head()
            let (_, serverKey) = try await intake.frame()
            var info = ClientInfo()
            info.meshKey = meshKey
            let key = NodePrivateKey()
            guard let server = NodePublicKey(serverKey[8..<40]), let box = SecretBox(privateKey: key, peer: server)
            else { throw Intake.Ended() }
            try await stream.write(Frame.encode(.clientInfo, key.publicKey.bytes + box.seal(info.json())))
            let (type, _) = try await intake.frame()
            guard type == (isRefused ? .health : .serverInfo) else { throw Intake.Ended() }
            return pattern
        }
    }

    /// Says `text`, and then sends `pattern`.
    static func text(_ text: String, then pattern: String) -> Flood.Script {
        { stream in
            try await stream.write(Array(text.utf8))
            return Array(pattern.utf8)
        }
    }

    /// Waits for a request, answers `text`, and then sends `pattern`.
    static func answer(_ text: String, then pattern: String) -> Flood.Script {
        { stream in
            _ = try await Intake(stream).head()
            try await stream.write(Array(text.utf8))
            return Array(pattern.utf8)
        }
    }
}
