import AsyncSockets

/// Reads what the other node sends on a link, and detects that it has fallen silent. Confined to the link's loop.
// @unchecked: confined to the loop.
final class MeshLinkReader: @unchecked Sendable {
    private let stream: TCPStream
    private let outbox: Outbox
    private let pingInterval: UInt64
    private let silenceLimit: Duration
    private var reader = FrameReader()
    /// The bytes that came right after the login.
    private var early: [UInt8]
    private var lastHeard: UInt64
    private var timer: LoopTimer?

    /// How many bytes are read before others on the loop get a turn. Small, because a frame of 56 bytes may change a
    /// route on every loop.
    private static let turnBudget = 8 * 1024

    init(_ link: ClientLink, outbox: Outbox, mesh: MeshConfiguration) {
        let stream = link.stream
        self.stream = stream
        stream.turnBudget = Self.turnBudget
        self.early = link.early
        self.outbox = outbox
        self.pingInterval = mesh.pingInterval.nanoseconds
        self.silenceLimit = mesh.silenceLimit
        self.lastHeard = stream.loop.now
        let timer = LoopTimer(on: stream.loop) { [unowned self] in self.look() }
        self.timer = timer
        timer.schedule(at: stream.loop.now + self.pingInterval)
    }

    deinit {
        self.timer?.cancel()
    }

    private func look() {
        let now = self.stream.loop.now
        guard now - self.lastHeard < self.silenceLimit.nanoseconds else {
            self.stream.fail(SocketError(.timeout, "the node has said nothing for \(self.silenceLimit.text)"))
            return
        }
        self.outbox.append(control: Frame.encode(.ping, [UInt8](repeating: 0, count: PacketLimits.pingData)))
        self.timer?.schedule(at: now + self.pingInterval)
    }

    /// Waits for bytes from the other node, and returns the changes that they tell of, which are often none.
    ///
    /// - Throws: ``DERPError`` with code `timeout`, `connection` or `protocolViolation`, after which nothing more
    ///   comes.
    func receive(isolation: isolated (any Actor)? = #isolation) async throws(DERPError) -> [MeshChange] {
        guard self.early.isEmpty else {
            let early = self.early
            self.early = []
            return try early.withUnsafeBytes { self.changes(in: $0) }.get()
        }
        while true {
            if let reason = self.outbox.closeReason {
                throw DERPError(.timeout, "the node takes nothing of what waits for it (\(reason.label))")
            }
            switch self.stream.receive() {
            case .bytes(let bytes):
                self.lastHeard = self.stream.loop.now
                return try self.changes(in: bytes).get()
            case .wouldBlock:
                await self.stream.waitUntilReadable()
            case .closed:
                throw DERPError(.connection, "the node closed the connection")
            case .failed:
                throw self.stream.failure.map(DERPError.init) ?? DERPError(.connection, "the connection is closed")
            }
        }
    }

    /// Returns the changes that the frames in `bytes` tell of. Frames that say nothing about clients are ignored.
    private func changes(in bytes: UnsafeRawBufferPointer) -> Result<[MeshChange], DERPError> {
        var changes: [MeshChange] = []
        let isGood = self.reader.read(
            bytes,
            judge: { ServerFrame.judge($0) },
            body: { type, payload in
                guard let frame = ServerFrame(type, payload) else { return true }
                switch frame {
                case .peerPresent(let presence): changes.append(.present(presence.key))
                // Whatever the reason is, packets for the key are lost there.
                case .peerGone(let key, _): changes.append(.gone(key))
                case .ping:
                    self.outbox.append(
                        pong: UnsafeRawBufferPointer(rebasing: payload.prefix(PacketLimits.pingData))
                    )
                default: break
                }
                return true
            }
        )
        return isGood ? .success(changes) : .failure(DERPError(.protocolViolation, "the node sent a malformed frame"))
    }
}
