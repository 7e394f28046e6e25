import AsyncSockets
import DequeModule

/// The refused clients that one loop holds. Confined to the loop.
///
/// They are visited in turn, a few at each step, each once a second: what it sent meanwhile is thrown away, and it is let
/// go when its time is over. What they do costs the loop nothing in between, so a client that is refused can't hold up others.
final class HeldClients {
    private unowned let relay: RelayLoop
    private var clients: Deque<HeldClient> = []
    /// How many wait for another client to leave.
    private var waitingCount = 0
    private var pool: RefusalPool?
    private var timer: LoopTimer?

    init(on relay: RelayLoop) {
        self.relay = relay
    }

    deinit {
        self.timer?.cancel()
        for client in self.clients { client.socket.close(quietly: true) }
    }

    var count: Int { self.clients.count }

    /// Time between two steps, in nanoseconds.
    private static let interval: UInt64 = 62_500_000
    /// After how many steps each has been visited.
    private static let turn = 16

    /// Holds a client, for which a place of `pool` was taken.
    func hold(_ client: HeldClient, in pool: RefusalPool) {
        self.pool = pool
        self.clients.append(client)
        if client.cause == .full { self.waitingCount += 1 }
        guard self.timer?.isScheduled != true else { return }
        let timer = self.timer ?? LoopTimer(on: self.relay.loop) { [unowned self] in self.step() }
        self.timer = timer
        timer.schedule(at: self.relay.loop.now + Self.interval)
    }

    private func step() {
        self.offerPlaces()
        for _ in 0..<(self.clients.count + Self.turn - 1) / Self.turn {
            guard let client = self.clients.popFirst() else { break }
            if let end = self.visit(client) {
                self.end(client, end)
            } else {
                self.clients.append(client)
            }
        }
        guard !self.clients.isEmpty else { return }
        self.timer?.schedule(at: self.relay.loop.now + Self.interval)
    }

    /// Why a client is let go; `nil`: it stays.
    private func visit(_ client: HeldClient) -> RefusalEnd? {
        guard client.socket.discard() else { return .peer }
        let now = self.relay.loop.now
        if now >= client.deadline { return .expired }
        return client.cause == .lists && self.pool?.isListed(client.key) == false ? .lifted : nil
    }

    /// Lets as many of those who wait for a place go as there are places, whoever's time is over first.
    private func offerPlaces() {
        while self.waitingCount > 0, self.pool?.offerPlace(now: self.relay.loop.now) == true {
            let waiting = self.clients.indices.lazy.filter { self.clients[$0].cause == .full }
            guard let next = waiting.min(by: { self.clients[$0].deadline < self.clients[$1].deadline }) else { return }
            self.end(self.clients.remove(at: next), .lifted)
        }
    }

    /// Lets up to `count` clients go, those first whose time is over first: others need their descriptors.
    func giveWay(_ count: Int) {
        guard !self.clients.isEmpty else { return }
        let leaving = self.clients.indices.sorted { self.clients[$0].deadline < self.clients[$1].deadline }.prefix(
            count
        )
        for index in leaving.sorted(by: >) { self.end(self.clients.remove(at: index), .gaveWay) }
    }

    /// Lets all clients go, because the server stops.
    func closeAll() {
        while let client = self.clients.popFirst() { self.end(client, .shutdown) }
    }

    private func end(_ client: HeldClient, _ end: RefusalEnd) {
        client.socket.close(quietly: end == .peer)
        if client.cause == .full { self.waitingCount -= 1 }
        self.pool?.giveBack(client.address)
        self.relay.counters.refusalEnds[end] += 1
        self.relay.counters.closes[client.reason] += 1
    }
}
