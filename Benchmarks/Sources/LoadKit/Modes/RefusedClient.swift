import AsyncSockets
import CLoad
@_spi(Benchmarks) import DERPKit

/// A client that isn't admitted and tries again as Tailscale's clients do. It waits for n² × 10 ms, plus or minus half
/// of that, but at most 5 s. Here n is the number of lost connections since it last received anything. If it has a
/// packet to send, it connects at once. Confined to its loop.
// @unchecked: confined to `loop`.
final class RefusedClient: @unchecked Sendable {
    /// The results so far.
    struct Tally: Sendable {
        var attempts = 0
        /// The number of attempts whose outcome the client knows.
        var answers = 0
        /// The number of Health frames.
        var notices = 0
        var admitted = 0
        var packets = 0

        static func += (left: inout Self, right: Self) {
            left.attempts += right.attempts
            left.answers += right.answers
            left.notices += right.notices
            left.admitted += right.admitted
            left.packets += right.packets
        }
    }

    let loop: IOLoop
    private(set) var tally = Tally()

    private let target: Target
    private let key = NodePrivateKey()
    private let packetInterval: UInt64
    private var sources: SourceAddresses
    private var stream: TCPStream?
    private var timer: LoopTimer?
    private var nextPacket: UInt64 = 0
    private var isStopping = false

    init(_ target: Target, index: Int, packetInterval: UInt64, on loop: IOLoop) {
        self.target = target
        self.packetInterval = packetInterval
        self.loop = loop
        self.sources = SourceAddresses(for: target, from: index)
    }

    /// Connects again and again until ``stop()``.
    func run() async {
        let timer = LoopTimer(on: self.loop) { [unowned self] in self.sendPacket() }
        self.timer = timer
        var ends: UInt64 = 0
        self.nextPacket = cload_now() + UInt64.random(in: 0...self.packetInterval)
        while !self.isStopping {
            if await self.tryOnce() { ends = 0 }
            ends += 1
            await self.pause(ends)
        }
        timer.cancel()
    }

    func stop() {
        self.isStopping = true
        self.stream?.fail(SocketError(.closed, "the run is over"))
    }

    private func pause(_ ends: UInt64) async {
        let now = cload_now()
        let backOff = Double(min(ends * ends * 10_000_000, 5_000_000_000)) * Double.random(in: 0.5...1.5)
        while self.nextPacket < now { self.nextPacket += self.packetInterval }
        try? await Task.sleep(for: .nanoseconds(min(Int64(backOff), Int64(self.nextPacket - now))))
    }

    /// Connects, logs in, and stays until the connection ends. Returns whether it received anything.
    private func tryOnce() async -> Bool {
        self.tally.attempts += 1
        var hasHeard = false
        defer { if !hasHeard { self.tally.answers += 1 } }
        guard
            let stream = try? await TCPStream.connect(to: self.target.address, from: self.sources.take(), on: self.loop)
        else { return false }
        self.stream = stream
        defer {
            self.timer?.cancel()
            self.stream = nil
            stream.close()
        }
        stream.setDeadline(.seconds(10))
        guard (try? await self.logIn(on: stream)) == true, !self.isStopping else { return false }
        stream.setDeadline(nil)
        self.timer?.schedule(at: max(self.nextPacket, cload_now()))
        hasHeard = await self.listen(to: stream)
        return hasHeard
    }

    private func logIn(on stream: TCPStream) async throws -> Bool {
        if let tls = self.target.tls { try await stream.startTLS(tls, serverName: self.target.serverName) }
        guard case .derp(let start) = self.target.login else { return false }
        var handshake = ClientHandshake(privateKey: self.key, host: self.target.authority, start: start.handshake)
        try await stream.write(handshake.request)
        while true {
            switch stream.receive() {
            case .bytes(let bytes):
                guard case .send(let login) = try handshake.take(bytes) else { continue }
                try await stream.write(login)
                return true
            case .wouldBlock: await stream.waitUntilReadable()
            case .closed, .failed: return false
            }
        }
    }

    private func listen(to stream: TCPStream) async -> Bool {
        var hasHeard = false
        while true {
            switch stream.receive() {
            case .bytes(let bytes):
                guard let type = bytes.first else { continue }
                if !hasHeard {
                    if type == FrameType.health.rawValue { self.tally.notices += 1 }
                    self.tally.answers += 1
                    if type == FrameType.serverInfo.rawValue { self.tally.admitted += 1 }
                }
                hasHeard = true
            case .wouldBlock: await stream.waitUntilReadable()
            case .closed, .failed: return hasHeard
            }
        }
    }

    private func sendPacket() {
        guard let stream = self.stream, stream.failure == nil else { return }
        if !stream.isWriteBlocked {
            var frame = [UInt8](repeating: 0, count: FrameHeader.byteCount + Self.payloadCount)
            frame.withUnsafeMutableBytes {
                FrameHeader(type: .sendPacket, payloadCount: UInt32(Self.payloadCount)).store(to: $0.baseAddress!)
            }
            _ = frame.withUnsafeBytes { stream.send($0) }
            self.tally.packets += 1
        }
        self.nextPacket = cload_now() + self.packetInterval
        self.timer?.schedule(at: self.nextPacket)
    }

    /// The size of a destination's key and of the first message of a WireGuard session.
    private static let payloadCount = NodePublicKey.byteCount + 148
}
