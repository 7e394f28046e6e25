import CSimulatedSystem

/// One connection of a scripted client, from its beginning on.
@MainActor
final class Connection {
    enum State {
        case connecting, upgrading, greeted, loggedIn, held, ended
    }

    let number: UInt64
    let client: Int
    let relay: Int
    /// The relay's process that it has logged in to; 0 before that.
    private(set) var process: UInt32 = 0
    var state = State.connecting
    /// What has come and isn't a whole frame yet.
    var received: [UInt8] = []
    private var unsent: [UInt8] = []
    private var unsentStart = 0
    let opened: UInt64
    var loggedIn: UInt64?
    var ended: UInt64?
    /// The last time at which the way to it was stalled.
    var stalledUntil: UInt64 = 0
    /// The clients of which it was told that they left, and when.
    var goneTimes: [Int: UInt64] = [:]
    private(set) var hasVanished = false
    /// The clients of which it was told that they aren't here.
    var absent: Set<Int> = []
    /// The clients from which packets came, with their connections.
    var sources: [Int: UInt64] = [:]
    /// The number of the last packet of each sender's connection and kind.
    var latest: [Flow: UInt64] = [:]

    nonisolated struct Flow: Hashable {
        let connection: UInt64
        let isDisco: Bool
    }

    init(client: Int, from address: UInt32, to relay: SimulatedRelay, path: csim_path) {
        self.client = client
        self.relay = relay.index
        self.opened = csim_now()
        self.number = csim_connect(address, relay.address, Address.port, path)
    }

    func noteLogin() {
        self.state = .loggedIn
        self.loggedIn = csim_now()
        self.process = csim_peer_process(self.number)
    }

    var isOpen: Bool { self.state != .ended }
    var isLoggedIn: Bool { self.state == .loggedIn }
    /// Whether the relay hasn't ended it either.
    var isServed: Bool { self.isOpen && csim_is_served(self.number) != 0 }

    /// Queues bytes, and sends what the network takes.
    func send(_ bytes: [UInt8]) {
        self.unsent += bytes
        self.flush()
    }

    var unsentCount: Int { self.unsent.count - self.unsentStart }

    func flush() {
        guard self.isOpen else { return }
        let count = self.unsent.withUnsafeBytes {
            csim_send(self.number, $0.baseAddress.map { $0 + self.unsentStart }, $0.count - self.unsentStart)
        }
        self.unsentStart += count
        guard self.unsentStart == self.unsent.count else { return }
        self.unsent = []
        self.unsentStart = 0
    }

    /// Takes in what has come.
    func receive() {
        let count = csim_available(self.number)
        guard count > 0 else { return }
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = csim_receive(self.number, buffer.baseAddress, count)
        }
        self.received += bytes
    }

    func end(breaking: Bool = false) {
        guard self.isOpen else { return }
        self.noteEnd()
        csim_close(self.number, breaking ? 1 : 0)
    }

    /// It loses power: the relay isn't told.
    func vanish() {
        guard self.isOpen else { return }
        self.noteEnd()
        self.hasVanished = true
        csim_vanish(self.number)
    }

    func noteEnd() {
        guard self.isOpen else { return }
        self.state = .ended
        self.ended = csim_now()
        self.received = []
        self.unsent = []
        self.unsentStart = 0
    }

    func stall(until time: UInt64) {
        self.stalledUntil = max(self.stalledUntil, time)
        csim_stall(self.number, time)
    }
}
