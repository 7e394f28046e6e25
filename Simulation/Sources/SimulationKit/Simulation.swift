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
    let keys: [ClientKeys]
    let indices: [[UInt8]: Int]
    var connections: [UInt64: Connection] = [:]
    /// Each client's connections that are open, the newest last.
    var open: [[Connection]]
    /// Whether each client wants to be connected.
    var wants: [Bool]
    /// The clients that left, and don't come back.
    var retired: Set<Int> = []
    var deniedSince: [UInt64?]
    var lastDenials: [Int: UInt64] = [:]
    /// Packets that were sent to clients as soon as they had logged in.
    var welcomes: [Welcome] = []
    var logins = 0
    /// What is a violation if a connection is still open at a time.
    var suspicions: [(time: UInt64, what: String, connection: Connection)] = []
    var dribblers: [UInt64: (relay: Int, left: Int, since: UInt64)] = [:]
    var areFaultsOn = false
    var isPeace = false

    /// Timers: an event of the story by its index, or a client that tries again.
    static let retryMark: UInt64 = 1 << 40
    static let dribbleMark: UInt64 = 1 << 41
    static let startMark: UInt64 = 1 << 42
    static let secondMark: UInt64 = 1 << 43

    /// Begins the simulated world. A process has one.
    package init(_ story: Story, seed: UInt64, isLoud: Bool = false) throws {
        csim_begin(seed)
        self.story = story
        let log = TraceLog(isLoud: isLoud)
        self.log = log
        let judge = self.judge
        guard let meshKey = MeshKey(text: String(repeating: "5a", count: 32)) else { throw SimulationError.setUp }
        self.relays = (0..<story.relays).map {
            SimulatedRelay(index: $0, of: story.relays, meshKey: meshKey, judge: judge, log: log)
        }
        self.keys = (0..<story.clients).map { _ in ClientKeys() }
        self.indices = Dictionary(uniqueKeysWithValues: self.keys.enumerated().map { ($1.publicKey, $0) })
        self.open = Array(repeating: [], count: story.clients)
        self.wants = Array(repeating: false, count: story.clients)
        self.deniedSince = Array(repeating: nil, count: story.clients)
    }

    /// Lets everything happen, and checks the rules.
    public func run() throws -> SimulationOutcome {
        for relay in self.relays { _ = try relay.start() }
        Self.setFaults(perMillion: 0)
        for (index, event) in self.story.events.enumerated() { csim_set_timer(event.time, UInt64(index)) }
        csim_set_timer(csim_now(), Self.secondMark)
        try self.pass(until: self.story.end)
        try self.makePeace()
        try self.pass(until: csim_now() + Self.recovery)
        try self.checkPeace()
        csim_say(nil, 0)
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
            case CSIM_REFUSED: self.refused(event.subject)
            case CSIM_RESET: self.lost(event.subject)
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

    func look() throws {
        if let index = self.suspicions.firstIndex(where: { $0.time < csim_now() || !$0.connection.isOpen }) {
            let suspicion = self.suspicions.remove(at: index)
            if suspicion.connection.isServed { self.ledger.violated(suspicion.what) }
        }
        self.checkWelcomes()
        for news in self.log.takeNews() {
            switch news {
            case .serves(let index, let process): self.relays[index].noteServing(process)
            case .ended(let index, let process, let error): self.ended(index, process, error)
            }
        }
    }

    /// A process has ended by itself.
    func ended(_ index: Int, _ number: UInt32, _ error: String?) {
        let relay = self.relays[index]
        let hadTrouble = relay.lastTrouble.map { csim_now() - $0 < 45_000_000_000 } ?? false
        let isSucceeded = relay.processes.last { $0.isServing }.map { $0.number > number } ?? false
        relay.noteEnd(number)
        if error == nil, !hadTrouble, !isSucceeded {
            self.ledger.violated("relay \(index) ended, and nobody told it to")
        }
        guard let error else { return }
        // The system may have refused it something a moment ago.
        if !self.areFaultsOn, !hadTrouble, !error.contains("Too many open files") {
            self.ledger.violated("relay \(index) ended: \(error)")
        }
        // Whatever starts processes starts it again.
        if !relay.isUp { csim_set_timer(csim_now() + 1_000_000_000, Self.startMark + UInt64(index)) }
    }

    func timer(_ subject: UInt64) throws {
        if subject < Self.retryMark {
            let event = self.story.events[Int(subject)]
            self.log.add("\(event.deed)")
            try self.perform(event.deed)
        } else if subject < Self.dribbleMark {
            let client = Int(subject - Self.retryMark)
            if self.wants[client], self.open[client].isEmpty { self.connect(client) }
        } else if subject < Self.startMark {
            self.dribble(subject - Self.dribbleMark)
        } else if subject < Self.secondMark {
            self.startRelay(Int(subject - Self.startMark))
        } else {
            self.checkBounds()
            csim_set_timer(csim_now() + 1_000_000_000, Self.secondMark)
        }
    }
}
