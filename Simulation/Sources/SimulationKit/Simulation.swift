import CSimulatedSystem
import DERPKit
import Stories

/// A story, as it happens to relays and clients.
@MainActor
public final class Simulation {
    let story: Story
    let relays: [SimulatedRelay]
    let ledger = Ledger()
    let log: TraceLog
    let judge = Judge()
    private let keys: [ClientKeys]
    private let indices: [[UInt8]: Int]
    private var connections: [UInt64: Connection] = [:]
    /// Each client's connections that are open, the newest last.
    private var open: [[Connection]]
    /// Whether each client wants to be connected.
    private var wants: [Bool]
    private var retries: [UInt64]
    private var deniedSince: [UInt64?]
    private var lastDenials: [Int: UInt64] = [:]
    private var logins = 0
    /// What is a violation if a connection is still open at a time.
    private var suspicions: [(time: UInt64, what: String, connection: Connection)] = []
    private var dribblers: [UInt64: (relay: Int, left: Int, since: UInt64)] = [:]
    private var areFaultsOn = false
    private var isPeace = false

    /// Timers: an event of the story by its index, or a client that tries again.
    private static let retryMark: UInt64 = 1 << 40
    private static let dribbleMark: UInt64 = 1 << 41
    private static let startMark: UInt64 = 1 << 42

    /// Begins the simulated world. A process has one.
    package init(_ story: Story, seed: UInt64, isLoud: Bool = false) throws {
        csim_begin(seed)
        self.story = story
        let log = TraceLog(isLoud: isLoud)
        self.log = log
        let judge = self.judge
        guard let meshKey = MeshKey(text: String(repeating: "5a", count: 32)) else {
            fatalError("the mesh key has 64 hexadecimal digits")
        }
        self.relays = (0..<story.relays).map {
            SimulatedRelay(index: $0, of: story.relays, meshKey: meshKey, judge: judge, log: log)
        }
        self.keys = (0..<story.clients).map { _ in ClientKeys() }
        self.indices = Dictionary(uniqueKeysWithValues: self.keys.enumerated().map { ($1.publicKey, $0) })
        self.open = Array(repeating: [], count: story.clients)
        self.wants = Array(repeating: false, count: story.clients)
        self.retries = Array(repeating: 0, count: story.clients)
        self.deniedSince = Array(repeating: nil, count: story.clients)
    }

    /// Lets everything happen, and checks the rules.
    public func run() throws -> SimulationOutcome {
        for relay in self.relays { try relay.start() }
        for (index, event) in self.story.events.enumerated() { csim_set_timer(event.time, UInt64(index)) }
        try self.pass(until: self.story.end)
        try self.makePeace()
        try self.pass(until: csim_now() + Self.recovery)
        try self.checkPeace()
        return SimulationOutcome(
            violations: self.ledger.violations,
            trace: csim_trace(),
            sent: self.ledger.sentCount,
            delivered: self.ledger.deliveredCount,
            turns: csim_turn_count(),
            time: csim_now(),
            faults: (0..<UInt32(CSIM_FAULT_COUNT.rawValue)).map { csim_fault_count(csim_fault($0)) },
            logins: self.logins
        )
    }

    /// How long everything may take to work again once nothing is broken any more.
    static let recovery: UInt64 = 40_000_000_000

    /// Lets the world go on until `end`.
    func pass(until end: UInt64) throws {
        while true {
            let event = csim_next(end)
            switch event.kind {
            case CSIM_NOTHING: return
            case CSIM_TIMER: try self.timer(event.subject)
            case CSIM_CONNECTED: self.connections[event.subject].map(self.connected)
            case CSIM_REFUSED, CSIM_RESET: self.lost(event.subject)
            case CSIM_WRITABLE: self.connections[event.subject]?.flush()
            case CSIM_READABLE: self.connections[event.subject].map(self.readable)
            case CSIM_FINISHED:
                if let connection = self.connections[event.subject] {
                    self.readable(connection)
                    connection.end()
                }
                self.lost(event.subject)
            default: break
            }
            try self.look()
        }
    }

    private func look() throws {
        if let index = self.suspicions.firstIndex(where: { $0.time < csim_now() || !$0.connection.isOpen }) {
            let suspicion = self.suspicions.remove(at: index)
            if suspicion.connection.isOpen { self.ledger.violated(suspicion.what) }
        }
        for (relay, error) in self.log.takeFailures() {
            guard self.areFaultsOn else {
                self.ledger.violated("relay \(relay) ended: \(error)")
                continue
            }
            // Whatever starts processes starts it again.
            self.relays[relay].kill()
            csim_set_timer(csim_now() + 1_000_000_000, Self.startMark + UInt64(relay))
        }
    }

    private func timer(_ subject: UInt64) throws {
        if subject < Self.retryMark {
            let event = self.story.events[Int(subject)]
            self.log.add("\(event.deed)")
            try self.perform(event.deed)
        } else if subject < Self.dribbleMark {
            let client = Int(subject - Self.retryMark)
            if self.wants[client], self.open[client].isEmpty { self.connect(client) }
        } else if subject < Self.startMark {
            self.dribble(subject - Self.dribbleMark)
        } else {
            self.startRelay(Int(subject - Self.startMark))
        }
    }

    // MARK: Deeds

    private func perform(_ deed: Story.Deed) throws {
        switch deed {
        case .connect(let client):
            self.wants[client] = true
            if self.open[client].isEmpty { self.connect(client) }
        case .leave(let client, let breaking):
            for connection in self.open[client] { connection.end(breaking: breaking) }
            self.open[client] = []
            self.retryLater(client)
        case .double(let client):
            if self.wants[client], self.open[client].count < 3 { self.connect(client) }
        case .send(let sender, let receiver, let count, let size, let disco):
            self.send(from: sender, to: receiver, count: count, size: size, isDisco: disco)
        case .stall(let client, let milliseconds):
            for connection in self.open[client] {
                connection.stall(until: csim_now() + UInt64(milliseconds) * 1_000_000)
            }
        case .stopRelay(let index): self.relays[index].stop()
        case .killRelay(let index):
            self.relays[index].kill()
            self.dribblers = self.dribblers.filter { $1.relay != index }
            // Nobody is told. Clients notice sooner or later.
            for client in self.open.indices {
                for connection in self.open[client] where connection.relay == index { connection.end(breaking: true) }
                self.open[client].removeAll { !$0.isOpen }
                if self.open[client].isEmpty { self.retryLater(client) }
            }
        case .startRelay(let index): self.startRelay(index)
        case .part(let one, let other): csim_part(Address.relay(one), Address.relay(other))
        case .heal(let one, let other): csim_heal(Address.relay(one), Address.relay(other))
        case .breakLink(let one, let other): csim_break(Address.relay(one), Address.relay(other))
        case .deny(let client): self.decide(client, isDenied: true)
        case .allow(let client): self.decide(client, isDenied: false)
        case .judge(let milliseconds, let isBroken):
            self.judge.state.withLock {
                $0.delay = .milliseconds(milliseconds)
                $0.isBroken = isBroken
            }
        case .shiftClock(let seconds): csim_shift_wall_clock(Int64(seconds) * 1_000_000_000)
        case .faults(let rate):
            self.areFaultsOn = rate > 0
            for fault in 0..<UInt32(CSIM_FAULT_COUNT.rawValue) { csim_set_fault(csim_fault(fault), UInt32(rate)) }
        case .dribble(let relay, let bytes):
            guard self.relays[relay].isUp else { return }
            let path = csim_path(latency: 10_000_000, window: 65536, rate: 0)
            let number = csim_connect(Address.client(60_000), self.relays[relay].address, Address.port, path)
            self.dribblers[number] = (relay, bytes, csim_now())
            csim_set_timer(csim_now() + 1_000_000_000, Self.dribbleMark + number)
        }
    }

    private func startRelay(_ index: Int) {
        do {
            try self.relays[index].start()
        } catch {
            if !self.areFaultsOn { self.ledger.violated("relay \(index) doesn't start: \(error)") }
            csim_set_timer(csim_now() + 1_000_000_000, Self.startMark + UInt64(index))
        }
    }

    private func dribble(_ number: UInt64) {
        guard var state = self.dribblers[number] else { return }
        if csim_now() - state.since > 100_000_000_000 {
            self.ledger.violated("a connection that never logged in is open after 100 s")
            self.dribblers[number] = nil
            csim_close(number, 1)
            return
        }
        if state.left > 0 {
            state.left -= 1
            _ = csim_send(number, [UInt8(ascii: "G")], 1)
        }
        self.dribblers[number] = state
        csim_set_timer(csim_now() + 1_000_000_000, Self.dribbleMark + number)
    }

    private func decide(_ client: Int, isDenied: Bool) {
        guard let key = NodePublicKey(self.keys[client].publicKey) else { return }
        self.judge.state.withLock {
            if isDenied { $0.denied.insert(key) } else { $0.denied.remove(key) }
        }
        for relay in self.relays {
            guard let server = relay.server else { continue }
            csim_set_machine(relay.machine)
            Task.detached {
                await server.forgetDecisions(about: key)
                if isDenied { await server.disconnect(key, reason: "no longer welcome") }
            }
            csim_set_machine(0)
        }
        self.deniedSince[client] = isDenied ? csim_now() : nil
        self.lastDenials[client] = csim_now()
    }

    // MARK: Clients

    private func connect(_ client: Int) {
        let relay = self.relays[client % self.relays.count]
        var chance = Seeded(csim_random())
        let path = csim_path(
            latency: UInt64.random(in: 500_000...80_000_000, using: &chance),
            window: [16_384, 65_536, 262_144].randomElement(using: &chance) ?? 65_536,
            rate: [0, 0, 200_000, 2_000_000].randomElement(using: &chance) ?? 0
        )
        let connection = Connection(client: client, from: Address.client(client), to: relay, path: path)
        self.connections[connection.number] = connection
        self.open[client].append(connection)
    }

    private func retryLater(_ client: Int) {
        guard self.wants[client] else { return }
        csim_set_timer(csim_now() + 200_000_000 + csim_random() % 800_000_000, Self.retryMark + UInt64(client))
    }

    private func connected(_ connection: Connection) {
        connection.state = .upgrading
        let fast = connection.number % 2 == 0 ? "Derp-Fast-Start: 1\r\n" : ""
        connection.send(
            Array("GET /derp HTTP/1.1\r\nHost: relay\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\(fast)\r\n".utf8)
        )
    }

    private func lost(_ number: UInt64) {
        self.dribblers[number] = nil
        guard let connection = self.connections[number] else { return }
        if connection.isOpen { self.log.add("client \(connection.client)/\(connection.number) lost") }
        connection.noteEnd()
        self.open[connection.client].removeAll { $0.number == number }
        if self.open[connection.client].isEmpty { self.retryLater(connection.client) }
    }

    private func readable(_ connection: Connection) {
        guard connection.isOpen else { return }
        connection.receive()
        connection.flush()
        if connection.state == .upgrading, connection.number % 2 != 0 {
            guard let end = connection.received.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
            guard connection.received.starts(with: Array("HTTP/1.1 101 ".utf8)) else {
                connection.end()
                self.lost(connection.number)
                return
            }
            connection.received.removeSubrange(..<end.upperBound)
        }
        if connection.state == .upgrading { connection.state = .greeted }
        var start = 0
        while connection.isOpen, let frame = WireFrame.take(from: connection.received, at: &start) {
            self.handle(frame, over: connection)
        }
        if connection.isOpen { connection.received.removeSubrange(..<start) }
    }

    private func handle(_ frame: WireFrame, over connection: Connection) {
        switch frame.kind {
        case .serverKey:
            connection.send(self.keys[connection.client].clientInfo(for: Array(frame.payload.suffix(32))))
        case .serverInfo:
            connection.state = .loggedIn
            self.log.add("client \(connection.client)/\(connection.number) logged in")
            connection.loggedIn = csim_now()
            self.logins += 1
            if let since = self.deniedSince[connection.client], since < connection.opened {
                self.ledger.violated("client \(connection.client) was admitted, but is denied since \(since / 1_000_000) ms")
            }
        case .receivedPacket:
            guard connection.isLoggedIn, frame.payload.count >= 32, let packet = TestPacket(frame.payload[32...]) else {
                self.ledger.violated("client \(connection.client) received a packet that nobody sent")
                return
            }
            let source = self.indices[Array(frame.payload[..<32])]
            self.log.add("client \(connection.client)/\(connection.number) gets \(packet)")
            self.ledger.came(packet, over: connection, from: source) { self.connections[$0] }
        case .peerGone:
            guard frame.payload.count == 33, frame.payload[32] == 0 else { return }
            guard let peer = self.indices[Array(frame.payload[..<32])] else {
                self.ledger.violated("client \(connection.client) was told that an unknown key left")
                return
            }
            self.log.add("client \(connection.client)/\(connection.number) hears that \(peer) left")
            self.checkGone(peer, connection)
            connection.goneTimes[peer] = csim_now()
        // It is refused, and held.
        case .health:
            guard !frame.payload.isEmpty else { return }
            connection.state = .held
            guard self.isPeace else { return }
            connection.end()
            self.lost(connection.number)
        case .pong: connection.pongs += 1
        case .ping: connection.send(WireFrame(.pong, frame.payload).encoded)
        default: break
        }
    }

    /// PeerGone comes once, and only for a key that really left.
    private func checkGone(_ peer: Int, _ connection: Connection) {
        if connection.goneTimes[peer] != nil {
            self.ledger.violated("client \(connection.client) was told twice that \(peer) left")
        }
        // One that was just sent away may not know it yet.
        guard let joined = connection.loggedIn, self.lastDenials[peer].map({ csim_now() - $0 > 10_000_000_000 }) ?? true
        else { return }
        for other in self.open[peer] where other.isLoggedIn && other.relay == connection.relay {
            guard let since = other.loggedIn, since < joined else { continue }
            // The relay may have closed it, and the news may be on its way.
            self.suspicions.append(
                (max(csim_now(), other.stalledUntil) + 3_000_000_000, "client \(connection.client) was told that \(peer) left, but it is there", other)
            )
        }
        if self.ledger.wrote[peer]?.contains(connection.client) != true {
            self.ledger.violated("client \(connection.client) was told that \(peer) left, which never wrote to it")
        }
    }

    private func send(from sender: Int, to receiver: Int, count: Int, size: Int, isDisco: Bool) {
        guard let connection = self.open[sender].last(where: \.isLoggedIn), connection.unsentCount < 1 << 20 else { return }
        for _ in 0..<count {
            let packet = self.ledger.packet(from: connection, to: receiver, isDisco: isDisco)
            let bytes = packet.encoded(size: isDisco ? min(size, 1400) : size)
            connection.send(WireFrame(.sendPacket, self.keys[receiver].publicKey + bytes).encoded)
        }
    }

    // MARK: Peace

    /// Mends everything that was broken.
    private func makePeace() throws {
        for fault in 0..<UInt32(CSIM_FAULT_COUNT.rawValue) { csim_set_fault(csim_fault(fault), 0) }
        self.areFaultsOn = false
        self.isPeace = true
        for one in self.relays.indices {
            for other in self.relays.indices { csim_heal(Address.relay(one), Address.relay(other)) }
            self.startRelay(one)
        }
        self.judge.state.withLock {
            $0.delay = .zero
            $0.isBroken = false
        }
        for client in self.deniedSince.indices where self.deniedSince[client] != nil { self.decide(client, isDenied: false) }
        for client in self.wants.indices { self.wants[client] = true }
        for client in self.open.indices {
            for connection in self.open[client] where connection.state == .held { connection.end() }
            self.open[client].removeAll { !$0.isOpen }
            if self.open[client].isEmpty { self.connect(client) }
        }
    }

    /// Everything works, and every packet is accounted for.
    private func checkPeace() throws {
        for client in self.open.indices where !self.open[client].contains(where: \.isLoggedIn) {
            self.ledger.violated("client \(client) isn't connected \(Self.recovery / 1_000_000_000) s after all faults ended")
        }
        self.checkOwed()
        var proofs: [TestPacket] = []
        for client in self.open.indices {
            guard let connection = self.open[client].last(where: \.isLoggedIn) else { continue }
            for other in [client, (client + 1) % self.open.count, (client + self.open.count / 2) % self.open.count] {
                let packet = self.ledger.packet(from: connection, to: other, isDisco: false)
                proofs.append(packet)
                connection.send(WireFrame(.sendPacket, self.keys[other].publicKey + packet.encoded(size: 100)).encoded)
            }
        }
        try self.pass(until: csim_now() + 5_000_000_000)
        for packet in proofs where !self.ledger.hasCome(packet) {
            self.ledger.violated("a packet of \(packet.sender) to \(packet.receiver) didn't come after all faults ended")
        }
        try self.checkCounts()
    }

    /// Whoever received packets from a key that left was told.
    private func checkOwed() {
        for client in self.open.indices {
            for connection in self.open[client] where connection.isLoggedIn {
                for (source, number) in connection.sources where connection.goneTimes[source] == nil {
                    guard let sender = self.connections[number], sender.relay == connection.relay,
                        sender.machine == connection.machine, let ended = sender.ended,
                        // It may have come back before it was gone.
                        !self.connections.values.contains(where: {
                            $0.client == source && $0.number != number && $0.loggedIn.map { $0 < ended + 15_000_000_000 } ?? false
                                && $0.ended.map { $0 > ended } ?? true
                        })
                    else { continue }
                    self.ledger.violated("client \(client) wasn't told that \(source) left at \(ended / 1_000_000) ms")
                }
            }
        }
    }

    /// What a relay received is what it sent on and what it dropped.
    private func checkCounts() throws {
        final class Box: @unchecked Sendable { var values: [(Int, RelayStatistics)] = [] }
        let box = Box()
        for relay in self.relays {
            guard let server = relay.server else { continue }
            csim_set_machine(relay.machine)
            Task.detached { [index = relay.index] in box.values.append((index, await server.statistics)) }
            csim_set_machine(0)
        }
        try self.pass(until: csim_now() + 2_000_000_000)
        guard box.values.count == self.relays.filter(\.isUp).count else {
            self.ledger.violated("a relay doesn't tell its statistics")
            return
        }
        for (index, statistics) in box.values {
            let packets = statistics.packets
            func forwarded(_ direction: String) -> UInt64 {
                let sample = statistics.samples.first {
                    $0.name == "derp_packets_forwarded_total" && $0.labels["direction"] == direction
                }
                return UInt64(sample?.value ?? 0)
            }
            let incoming = packets.received + forwarded("in")
            let outgoing = packets.sent + packets.dropped + forwarded("out")
            if incoming != outgoing {
                self.ledger.violated(
                    "relay \(index) took \(incoming) packets, but sent \(packets.sent), dropped \(packets.dropped) and "
                        + "forwarded \(forwarded("out"))"
                )
            }
            let keys = Set(self.open.joined().filter { $0.relay == index && $0.isLoggedIn }.map(\.client))
            // Links to other relays are clients too.
            if statistics.clients.connected < keys.count {
                self.ledger.violated("relay \(index) counts \(statistics.clients.connected) clients of \(keys.count)")
            }
        }
    }
}
