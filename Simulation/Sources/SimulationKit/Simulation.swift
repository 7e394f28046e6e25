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
    /// When it was last seen that somebody denies a client.
    var lastDenied: [Int: UInt64] = [:]
    /// Packets that were sent to clients as soon as they had logged in.
    var welcomes: [Welcome] = []
    var logins = 0
    /// What is a violation if a connection is still open at a time.
    var suspicions: [(time: UInt64, what: String, connection: Connection)] = []
    /// Until when calls may fail, or their failures have consequences.
    var faultsEnd: UInt64 = 0
    var areFaultsOn: Bool { csim_now() < self.faultsEnd }
    var isPeace = false
    private var isBrief = false

    let timers = Timers()
    /// The keys as they are in files.
    let keyTexts: [String]
    let hostileKeys: HostileKeys
    var maps: HTTPService?
    var controller: HTTPService?
    /// The number of the newest map.
    var mapNumber = 0
    /// Whether relays have had the time to fetch it.
    var isMapSettled = false
    var listedSince: [UInt64?]
    var controllerDenies: [Int: UInt64?] = [:]
    var areBroken: [Story.FileKind: Bool] = [:]
    var mendedTimes: [Story.FileKind: UInt64] = [:]
    var brokenTimes: [Story.FileKind: UInt64] = [:]
    /// What clients may send, in bytes a second.
    var rate = 5_000_000
    /// By their transactions.
    var questions: [[UInt8]: AddressQuestion] = [:]
    /// What else is connected, besides clients.
    var others: [UInt64: ScriptedEnd] = [:]

    /// Begins the simulated world. A process has one.
    package init(_ story: Story, seed: UInt64, isLoud: Bool = false) throws {
        csim_begin(seed)
        if story.features.contains(.oldKernel) { csim_age_kernel() }
        self.story = story
        let log = TraceLog(isLoud: isLoud)
        self.log = log
        let judge = self.judge
        guard let meshKey = MeshKey(text: String(repeating: "5a", count: 32)) else { throw SimulationError.setUp }
        self.relays = (0..<story.relays).map {
            SimulatedRelay(
                index: $0,
                of: story.relays,
                features: story.features,
                meshKey: meshKey,
                judge: judge,
                log: log
            )
        }
        self.keys = (0..<story.clients).map { _ in ClientKeys() }
        self.indices = Dictionary(uniqueKeysWithValues: self.keys.enumerated().map { ($1.publicKey, $0) })
        self.keyTexts = self.keys.map { keys in NodePublicKey(keys.publicKey).map { "\($0)" } ?? "" }
        self.hostileKeys = HostileKeys()
        self.listedSince = Array(repeating: nil, count: story.clients)
        self.open = Array(repeating: [], count: story.clients)
        self.wants = Array(repeating: false, count: story.clients)
        self.deniedSince = Array(repeating: nil, count: story.clients)
    }

    /// Lets everything happen, and checks the rules.
    ///
    /// - Parameter isBrief: Whether it ends when a rule has been broken.
    public func run(isBrief: Bool = false) throws -> SimulationOutcome {
        self.isBrief = isBrief
        self.startServices()
        for relay in self.relays { _ = try relay.start() }
        Self.setFaults(perMillion: 0)
        for event in self.story.events {
            self.timers.at(event.time) {
                self.log.add("\(event.deed)")
                try self.perform(event.deed)
            }
        }
        self.eachSecond()
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
        while !self.isBrief || self.ledger.violations.isEmpty {
            let event = csim_next(end)
            switch event.kind {
            case CSIM_NOTHING: return
            case CSIM_TIMER: try self.timers.fire(event.subject)
            case CSIM_ACCEPTED: self.accepted(event.subject)
            case CSIM_DATAGRAM: self.receiveDatagrams()
            default:
                if let connection = self.connections[event.subject] {
                    self.happened(event.kind, to: connection)
                } else if let other = self.others[event.subject] {
                    self.happened(event.kind, to: other)
                }
            }
            try self.look()
        }
    }

    private func happened(_ event: csim_event_kind, to connection: Connection) {
        switch event {
        case CSIM_CONNECTED: self.connected(connection)
        case CSIM_REFUSED: self.refused(connection)
        case CSIM_RESET: self.broken(connection)
        case CSIM_WRITABLE: connection.flush()
        case CSIM_READABLE: self.readable(connection)
        case CSIM_FINISHED:
            self.readable(connection)
            connection.wasSentAway = connection.isOpen && connection.isSentAway
            connection.close()
            self.lost(connection)
        default: break
        }
    }

    private func happened(_ event: csim_event_kind, to other: ScriptedEnd) {
        switch event {
        case CSIM_CONNECTED: other.connected()
        case CSIM_WRITABLE: other.flush()
        case CSIM_READABLE: other.readable()
        case CSIM_FINISHED:
            other.readable()
            other.close()
            fallthrough
        case CSIM_REFUSED, CSIM_RESET:
            other.lost()
            self.others[other.number] = nil
        default: break
        }
    }

    private func eachSecond() {
        self.checkBounds()
        if csim_random() % 3 == 0 { self.fetchMap(from: Int(csim_random() % UInt64(self.relays.count))) }
        self.timers.after(1_000_000_000) { self.eachSecond() }
    }

    /// Whatever starts processes tries again.
    func restartLater(_ index: Int) {
        self.timers.after(1_000_000_000) { self.startRelay(index) }
    }

    func look() throws {
        if let index = self.suspicions.firstIndex(where: { $0.time < csim_now() || !$0.connection.isOpen }) {
            let suspicion = self.suspicions.remove(at: index)
            if suspicion.connection.isServed { self.ledger.violated(suspicion.what) }
        }
        self.checkWelcomes()
        for news in self.log.takeNews() {
            switch news {
            case .serves(let index, let process):
                self.log.add("process \(process) of relay \(index) serves")
                self.relays[index].noteServing(process)
            case .ended(let index, let process, let error): self.ended(index, process, error)
            }
        }
    }

    /// A process has ended by itself.
    func ended(_ index: Int, _ number: UInt32, _ error: String?) {
        self.log.add("process \(number) of relay \(index) ended: \(error ?? "as it was told")")
        let relay = self.relays[index]
        let hadTrouble = relay.lastTrouble.map { csim_now() - $0 < 45_000_000_000 } ?? false
        let isSucceeded = relay.processes.last { $0.isServing }.map { $0.number > number } ?? false
        relay.noteEnd(number)
        if error == nil, !hadTrouble, !isSucceeded {
            self.ledger.violated("relay \(index) ended, and nobody told it to")
        }
        // Whatever starts processes starts it again.
        if !relay.isUp, !relay.isStopping { self.restartLater(index) }
        guard let error else { return }
        // The system may have refused it something a moment ago.
        if !self.areFaultsOn, !hadTrouble, !self.isAnyFileBroken, !error.contains("Too many open files") {
            self.ledger.violated("relay \(index) ended: \(error)")
        }
    }
}
