import AsyncSockets
import DequeModule

/// The refused clients that one loop holds. Confined to the loop.
///
/// Each client is visited once a second, a few at each step: what it has sent meanwhile is thrown away, and it is let
/// go when its time is over. Between visits, whatever it does costs the loop nothing, so a refused client can't slow
/// others down.
final class HeldClients {
    private unowned let relay: RelayLoop
    private var clients: Deque<HeldClient> = []
    /// The number of clients that wait for another client to leave.
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

    /// The time between two steps, in nanoseconds.
    private static let interval: UInt64 = 62_500_000
    /// The number of steps in which every client is visited once.
    private static let turn = 16

    /// Holds a client for which a place of `pool` was taken.
    func hold(_ client: HeldClient, in pool: RefusalPool) {
        self.relay.loop.assertCurrent()
        self.pool = pool
        self.clients.append(client)
        if client.cause == .full { self.waitingCount += 1 }
        // The relay may have stopped since the caller last checked: others get a turn at each of its asynchronous
        // calls.
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

    /// Returns why a client is let go. `nil`: it stays.
    private func visit(_ client: HeldClient) -> RefusalEnd? {
        guard client.socket.discard() else { return .peer }
        let now = self.relay.loop.now
        if now >= client.deadline { return .expired }
        return client.cause == .lists && self.pool?.isListed(client.key) == false ? .lifted : nil
    }

    /// Lets clients that wait for a place go, as many as there are places.
    private func offerPlaces() {
        let limit = min(self.waitingCount, Self.offersAtOnce)
        var count = 0
        while count < limit, self.pool?.offerPlace(now: self.relay.loop.now) == true { count += 1 }
        self.letGo(count, .lifted) { $0.cause == .full }
    }

    /// The maximum number of clients that are let go for places in one step. Closing a connection takes time, and
    /// others wait for the loop.
    private static let offersAtOnce = 256

    /// Lets up to `count` clients go, because others need their descriptors.
    func giveWay(_ count: Int) {
        self.relay.loop.assertCurrent()
        self.letGo(count, .gaveWay) { _ in true }
    }

    /// Lets up to `limit` clients go that a verifier's decision keeps out, because that decision may have changed.
    /// Returns the total number of such clients.
    ///
    /// - Parameter key: The client. `nil`: all clients except those that were sent away.
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

    /// Lets all connections of a key go. Returns their number.
    func release(_ key: NodePublicKey) -> Int {
        self.relay.loop.assertCurrent()
        let count = self.clients.count { $0.key == key }
        self.letGo(count, .lifted) { $0.key == key }
        return count
    }

    /// Lets up to `count` of the clients for which `mayGo` is true go. Those whose time ends first go first.
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

    /// Lets all clients go, because the server stops. Leaves nothing on the loop, because another thread may release
    /// this object.
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
