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
        self.relay.loop.assertCurrent()
        self.pool = pool
        self.clients.append(client)
        if client.cause == .full { self.waitingCount += 1 }
        // A stop may have come after the caller's last look: its task gives others a turn with each asynchronous call.
        guard !self.relay.isDraining else { return self.closeAll() }
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

    /// Lets as many of those who wait for a place go as there are places.
    private func offerPlaces() {
        let limit = min(self.waitingCount, Self.offersAtOnce)
        var count = 0
        while count < limit, self.pool?.offerPlace(now: self.relay.loop.now) == true { count += 1 }
        self.letGo(count, .lifted) { $0.cause == .full }
    }

    /// How many are let go at a step for places at most: to close a connection takes its time, and others wait for the loop.
    private static let offersAtOnce = 256

    /// Lets up to `count` clients go: others need their descriptors.
    func giveWay(_ count: Int) {
        self.relay.loop.assertCurrent()
        self.letGo(count, .gaveWay) { _ in true }
    }

    /// Lets up to `limit` clients go that decisions by others keep out, because those may be other ones now. Returns how many there
    /// were in all.
    ///
    /// - Parameter key: the client; `nil`: all clients but those that were sent away.
    func lift(_ key: NodePublicKey?, atMost limit: Int) -> Int {
        self.relay.loop.assertCurrent()
        let isMeant: (HeldClient) -> Bool = { client in
            switch client.cause {
            case .lists, .full: false
            case .verdict, .undecided: key == nil || client.key == key
            case .sentAway: client.key == key
            }
        }
        let count = self.clients.count(where: isMeant)
        self.letGo(min(count, limit), .lifted, where: isMeant)
        return count
    }

    /// Lets up to `count` of the clients that `mayGo` chooses go, those first whose time is over first.
    private func letGo(_ count: Int, _ end: RefusalEnd, where mayGo: (HeldClient) -> Bool) {
        guard count > 0, !self.clients.isEmpty else { return }
        let candidates = self.clients.indices.filter { mayGo(self.clients[$0]) }
        let leaving = Set(candidates.sorted { self.clients[$0].deadline < self.clients[$1].deadline }.prefix(count))
        var staying = Deque<HeldClient>(minimumCapacity: self.clients.count)
        for (index, client) in self.clients.enumerated() {
            if leaving.contains(index) { self.end(client, end) } else { staying.append(client) }
        }
        self.clients = staying
    }

    /// Lets all clients go, because the server stops. Leaves nothing on the loop: another thread may release this.
    func closeAll() {
        self.relay.loop.assertCurrent()
        while let client = self.clients.popFirst() { self.end(client, .shutdown) }
        self.timer?.cancel()
        self.timer = nil
    }

    private func end(_ client: HeldClient, _ end: RefusalEnd) {
        client.socket.close(quietly: end == .peer)
        if client.cause == .full { self.waitingCount -= 1 }
        self.pool?.giveBack(client.address)
        self.relay.counters.refusalEnds[end] += 1
        self.relay.counters.closes[client.reason] += 1
    }
}
