import CSimulatedSystem

/// Somebody who is no client of the story: logs in with a key of their own, does something, and remembers what comes.
final class Visitor: ScriptedEnd {
    let keys: ClientKeys
    let relay: Int
    /// What the box of ClientInfo has; `nil`: the visitor doesn't log in.
    private let json: String?
    private let greeted: (Visitor) -> Void
    /// What has come since ServerKey.
    private(set) var frames: [WireFrame] = []
    private(set) var isLoggedIn = false
    /// Whether what comes is left where it is.
    var isDeaf = false

    /// - Parameter greeted: Called once: when the visitor has logged in, or at ServerKey if it doesn't.
    init(
        to relay: SimulatedRelay,
        as keys: ClientKeys? = nil,
        window: Int = 65_536,
        json: String? = #"{"version":2,"CanAckPings":true}"#,
        greeted: @escaping (Visitor) -> Void = { _ in }
    ) {
        self.keys = keys ?? ClientKeys()
        self.relay = relay.index
        self.json = json
        self.greeted = greeted
        let path = csim_path(latency: 3_000_000, window: window, rate: 0)
        super.init(csim_connect(Address.client(60_003), relay.address, Address.port, path))
    }

    override func connected() { self.send(Self.upgrade) }

    override func readable() {
        guard !self.isDeaf else { return }
        self.receive()
        var start = 0
        while self.isOpen, let frame = WireFrame.take(from: self.received, at: &start) { self.handle(frame) }
        if self.isOpen { self.received.removeSubrange(..<start) }
    }

    private func handle(_ frame: WireFrame) {
        self.frames.append(frame)
        switch frame.kind {
        case .serverKey:
            guard let json = self.json else { return self.greeted(self) }
            self.send(self.keys.clientInfo(for: Array(frame.payload.suffix(32)), json: json))
        case .serverInfo:
            self.isLoggedIn = true
            self.greeted(self)
        case .ping: self.send(WireFrame(.pong, frame.payload).encoded)
        default: break
        }
    }

    func send(_ frame: WireFrame) { self.send(frame.encoded) }

    func send(_ packet: [UInt8], to key: [UInt8]) { self.send(WireFrame(.sendPacket, key + packet)) }

    func frames(of kind: WireFrame.Kind) -> [WireFrame] { self.frames.filter { $0.kind == kind } }

    /// The packets that came from `key`.
    func packets(from key: [UInt8]) -> [[UInt8]] {
        self.frames(of: .receivedPacket).filter { $0.payload.starts(with: key) }.map { Array($0.payload.dropFirst(32)) }
    }
}

extension ScriptedEnd {
    /// The request after which the server begins with ServerKey.
    static var upgrade: [UInt8] {
        Array(
            "GET /derp HTTP/1.1\r\nHost: relay\r\nUpgrade: DERP\r\nConnection: Upgrade\r\nDerp-Fast-Start: 1\r\n\r\n"
                .utf8
        )
    }
}
