import CSimulatedSystem

/// One connection of a scripted client, from its beginning on.
final class Connection: ScriptedEnd {
    enum State {
        case connecting, upgrading, greeted, loggedIn, held, ended
    }

    let client: Int
    let relay: Int
    /// The relay's process that it has logged in to; 0 before that.
    private(set) var process: UInt32 = 0
    var state = State.connecting
    let opened: UInt64
    /// The way to the relay.
    let path: csim_path
    private(set) var webSocket: WebSocketCoder?
    var loggedIn: UInt64?
    var ended: UInt64?
    /// The last time at which the way to it was stalled.
    var stalledUntil: UInt64 = 0
    /// The clients of which it was told that they left, and when.
    var goneTimes: [Int: UInt64] = [:]
    private(set) var hasVanished = false
    /// Whether the relay said that it ends it because another process has taken over; and whether it has.
    var isSentAway = false
    var wasSentAway = false
    /// The clients of which it was told that they aren't here.
    var absent: Set<Int> = []
    /// How often it was told that somebody isn't here.
    var absentCount = 0
    /// The clients to which it sent disco packets.
    var sought: Set<Int> = []
    /// Whether the relay said that it ends it because it restarts.
    var isRestarting = false
    /// The clients from which packets came, with their connections.
    var sources: [Int: UInt64] = [:]
    /// The number of the last packet of each sender's connection and kind.
    var latest: [Flow: UInt64] = [:]

    nonisolated struct Flow: Hashable {
        let connection: UInt64
        let isDisco: Bool
    }

    /// When the last one of the client's earlier connections ended; the end of time if one hasn't.
    let previousEnd: UInt64

    init(
        client: Int,
        from address: UInt32,
        to relay: SimulatedRelay,
        path: csim_path,
        byWebSocket: Bool,
        after previousEnd: UInt64
    ) {
        self.previousEnd = previousEnd
        if byWebSocket { self.webSocket = WebSocketCoder() }
        self.client = client
        self.relay = relay.index
        self.opened = csim_now()
        self.path = path
        super.init(csim_connect(address, relay.address, Address.port, path))
    }

    func noteLogin() {
        self.state = .loggedIn
        self.loggedIn = csim_now()
        self.process = csim_peer_process(self.number)
    }

    /// Sends bytes of DERP.
    func say(_ bytes: [UInt8]) { self.send(self.webSocket.map { $0.wrap(bytes) } ?? bytes) }

    /// Takes in what has come, as bytes of DERP once the connection has been upgraded.
    override func receive() {
        let before = self.received.count
        super.receive()
        guard self.state != .connecting, self.state != .upgrading else { return }
        self.unwrap(from: before)
    }

    /// Takes what came after the answer to the request for a WebSocket out of its messages.
    func unwrap(from start: Int = 0) {
        guard var webSocket = self.webSocket else { return }
        let carried = webSocket.unwrap(Array(self.received[start...]))
        self.received.replaceSubrange(start..., with: carried)
        self.send(webSocket.takeAnswers())
        self.webSocket = webSocket
    }

    var isLoggedIn: Bool { self.state == .loggedIn }

    /// Whether its client had no earlier connection while `other` was there, of which old news may come.
    func isFirst(for other: Connection) -> Bool { self.previousEnd < other.opened }

    /// It loses power: the relay isn't told.
    func vanish() {
        guard self.isOpen else { return }
        self.noteEnd()
        self.hasVanished = true
        csim_vanish(self.number)
    }

    override func noteEnd() {
        guard self.isOpen else { return }
        super.noteEnd()
        self.state = .ended
        self.ended = csim_now()
    }

    func stall(until time: UInt64) {
        self.stalledUntil = max(self.stalledUntil, time)
        csim_stall(self.number, time)
    }
}
