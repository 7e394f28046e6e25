import AsyncSockets
import CLoad
@_spi(Benchmarks) import DERPKit
import LoadKit

/// Two clients. One sends packets to the other, which returns them. Confined to its loop.
// @unchecked: confined to `loop`.
final class BystanderPair: @unchecked Sendable {
    private let loop: IOLoop
    private let asking: TCPStream
    private let answering: TCPStream
    private let askingKey: NodePublicKey
    private let answeringKey: NodePublicKey
    private var next: UInt64 = 0
    /// When each open ping was due.
    private var pending: [UInt64: UInt64] = [:]
    private var times: [UInt64] = []
    /// How many connections the server has closed.
    private(set) var ended = 0
    private var isOver = false

    /// Logs in both clients.
    static func logIn(to target: Target, from source: IPAddress, on loop: IOLoop) async throws -> BystanderPair {
        // A stream belongs to its loop, so the login must run there.
        try await withTaskExecutorPreference(loop) {
            let keys = [NodePrivateKey(), NodePrivateKey()]
            let (asking, _) = try await target.logIn(as: keys[0], from: source, on: loop)
            let (answering, _) = try await target.logIn(as: keys[1], from: source, on: loop)
            return BystanderPair(loop, asking, answering, keys.map(\.publicKey))
        }
    }

    private init(_ loop: IOLoop, _ asking: TCPStream, _ answering: TCPStream, _ keys: [NodePublicKey]) {
        self.loop = loop
        self.asking = asking
        self.answering = answering
        self.askingKey = keys[0]
        self.answeringKey = keys[1]
        for stream in [asking, answering] {
            Task(executorPreference: loop) { [self] in await self.serve(stream) }
        }
    }

    /// Sends the next ping, which was due at `due`. Must be called on the loop.
    func ping(due: UInt64) {
        self.pending[self.next] = due
        var content = withUnsafeBytes(of: self.next.bigEndian) { Array($0) }
        // The size of a small WireGuard packet.
        content += [UInt8](repeating: 0x55, count: 88)
        self.next += 1
        self.send(content, to: self.answeringKey, on: self.asking)
    }

    private func send(_ content: [UInt8], to key: NodePublicKey, on stream: TCPStream) {
        guard stream.failure == nil, !stream.isWriteBlocked else { return }
        let frame = Frame.encode(.sendPacket, key.bytes + content)
        _ = frame.withUnsafeBytes { stream.send($0) }
    }

    private func serve(_ stream: TCPStream) async {
        var reader = FrameReader()
        var goesOn = true
        while goesOn {
            switch stream.receive() {
            case .bytes(let bytes):
                goesOn = reader.read(bytes) { _ in
                    .take
                } body: { type, payload in
                    if type == .recvPacket, payload.count > NodePublicKey.byteCount + 8 {
                        self.take(Array(payload[NodePublicKey.byteCount...]), on: stream)
                    } else if type == .ping {
                        let pong = Frame.encode(.pong, payload.prefix(8))
                        _ = pong.withUnsafeBytes { stream.send($0) }
                    }
                    return true
                }
            case .wouldBlock: await stream.waitUntilReadable()
            case .closed, .failed: goesOn = false
            }
        }
        if !self.isOver { self.ended += 1 }
    }

    private func take(_ content: [UInt8], on stream: TCPStream) {
        guard stream === self.asking else { return self.send(content, to: self.askingKey, on: stream) }
        let number = content.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        guard let due = self.pending.removeValue(forKey: number) else { return }
        self.times.append(cload_now() - due)
    }

    /// Whether no ping is open. Must be called on the loop.
    var isSettled: Bool { self.pending.isEmpty }

    /// Returns the times since the last call. Pings that are still open count as lost. Must be called on the loop.
    func takeTimes() -> (times: [UInt64], lost: Int) {
        let now = cload_now()
        let lost = self.pending.values.map { now - $0 }
        defer {
            self.pending = [:]
            self.times = []
        }
        return (self.times + lost, lost.count)
    }

    func close() {
        self.isOver = true
        self.asking.close()
        self.answering.close()
    }
}
