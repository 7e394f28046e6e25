import AsyncSockets
import CLoad
@_spi(Benchmarks) import DERPKit
import LoadKit

/// The clients on one loop.
// @unchecked: confined to `loop`.
final class CrowdPart: @unchecked Sendable {
    let loop: IOLoop
    private(set) var clients: [SoakClient] = []
    var tally = ClientTally()
    /// Whether clients no longer come back.
    private(set) var isOver = false
    /// Whether a server sends its clients away.
    var isDismissing = false
    /// Whether the mesh peer runs, and has not been killed lately.
    var isPeerServing = true
    /// Whether flows send.
    var isSending = false
    /// Whether clients come and go.
    var isChurning = false
    var floodEnd: UInt64 = 0
    /// The flows that answer pings.
    private(set) var answers: Set<Int> = []
    private(set) var roundTrips: [UInt64] = []
    private(set) var roundTripsWhileDismissing: [UInt64] = []
    private(set) var pings: UInt64 = 0
    /// How many packets were written on connections to the relay.
    var written: UInt64 = 0

    private let settings: CrowdSettings
    private let share: Double
    private var timer: PaceTimer?
    private var paced: [(SoakClient, FlowSource)] = []
    private var floods: [(SoakClient, FlowSource)] = []
    private var pingers: [(SoakClient, FlowSource)] = []
    private var pingTurn = 0
    private var pingDue: UInt64 = 0
    private var nextConfirmation: UInt64 = 0
    private var churnDue = 0.0
    private var lastTick: UInt64 = 0

    private static let tick: UInt64 = 5_000_000
    private static let pingInterval: UInt64 = 10_000_000

    /// - Parameter share: The share of all comings and goings that is this part's, 0…1.
    init(_ settings: CrowdSettings, share: Double, on loop: IOLoop) {
        self.settings = settings
        self.share = share
        self.loop = loop
    }

    func target(of node: SoakClient.Node) -> Target { node == .relay ? self.settings.relay : self.settings.peer }

    func add(_ client: SoakClient) { self.clients.append(client) }

    func add(_ source: FlowSource, _ pace: CrowdPlan.Flow.Pace, to client: SoakClient) {
        if case .echo(let other) = pace {
            client.echoes[other] = source
            return
        }
        client.sources.append(source)
        switch pace {
        case .every: self.paced.append((client, source))
        case .flood: self.floods.append((client, source))
        case .ping: self.pingers.append((client, source))
        case .echo: break
        }
    }

    func addAnswer(_ flow: Int) { self.answers.insert(flow) }

    /// Lets the clients come, one after the other.
    func start() throws {
        let now = cload_now()
        for client in self.clients {
            client.returnTime = now + UInt64(Double(client.index) / self.settings.arrivalsPerSecond * 1e9)
            Task(executorPreference: self.loop) { await client.live() }
        }
        let timer = try PaceTimer(on: self.loop) { [unowned self] in self.turn() }
        self.timer = timer
        self.lastTick = now
        timer.set(now + Self.tick)
    }

    func noteRoundTrip(_ time: UInt64) {
        if self.isDismissing { self.roundTripsWhileDismissing.append(time) } else { self.roundTrips.append(time) }
    }

    /// Lets all clients leave, and none come back.
    func leave() {
        self.isOver = true
        self.isSending = false
        self.isChurning = false
        for client in self.clients { client.leave(.inOrder, for: 0) }
    }

    func stop() {
        self.isOver = true
        self.timer?.close()
        self.timer = nil
        for client in self.clients { client.stream?.close() }
    }
}

// MARK: Every 5 ms

extension CrowdPart {
    private func turn() {
        let now = cload_now()
        if self.isSending {
            self.sendDue(now)
            self.sendPings(now)
            if now < self.floodEnd { self.flood(now) }
        } else {
            self.pingDue = now
        }
        if self.isChurning { self.churn(now) }
        if now >= self.nextConfirmation {
            self.nextConfirmation = now + 500_000_000
            for client in self.clients {
                client.checkPatience(now)
                if client.isConnected, !client.isConfirmed { client.ping() }
            }
        }
        self.lastTick = now
        self.timer?.set(max(now, cload_now()) + Self.tick)
    }

    private func sendDue(_ now: UInt64) {
        for (client, source) in self.paced where source.due <= now {
            // Not in step, and not in bursts after a pause.
            if source.due == 0 { source.due = now + UInt64.random(in: 0..<source.interval) }
            guard source.due <= now else { continue }
            client.send(from: source, time: now)
            source.due = max(source.due + source.interval, now)
        }
    }

    /// Sends all pings that are due. If this process is late, their times count from when they should have been sent.
    private func sendPings(_ now: UInt64) {
        guard !self.pingers.isEmpty else { return }
        while self.pingDue <= now {
            let (client, source) = self.pingers[self.pingTurn % self.pingers.count]
            self.pingTurn += 1
            if client.send(from: source, time: self.pingDue) { self.pings += 1 }
            self.pingDue += Self.pingInterval
        }
    }

    private func flood(_ now: UInt64) {
        for (client, source) in self.floods {
            var count = 0
            while count < 100, client.send(from: source, time: now) { count += 1 }
        }
    }

    private func churn(_ now: UInt64) {
        self.churnDue += self.settings.leavingPerSecond * self.share * Double(now - self.lastTick) / 1e9
        while self.churnDue >= 1 {
            self.churnDue -= 1
            guard let client = self.clients.randomElement(), [.ordinary, .slow].contains(client.role) else { continue }
            let pause = UInt64.random(in: 0...3_000_000_000)
            client.leave(Bool.random() ? .inOrder : .byReset, for: pause)
        }
    }

    /// Lets some slow clients read nothing for up to 4 s, and then little for a while.
    func slowDown() {
        for client in self.clients where client.role == .slow && Bool.random() {
            client.slowDown(
                deaf: UInt64.random(in: 500_000_000...4_000_000_000),
                slow: UInt64.random(in: 1_000_000_000...5_000_000_000)
            )
        }
    }
}
