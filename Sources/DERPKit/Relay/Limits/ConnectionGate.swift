import AsyncSockets
import Synchronization

/// Counts connections over all loops, and keeps out those that are too many. Asked a few times in a connection's life.
///
/// Those that have not logged in share places and memory fairly: when there is none left, one of the address that has most
/// makes room. It is told so on its own loop, but what it had is free at once.
final class ConnectionGate: Sendable {
    /// Names a connection that has not logged in.
    typealias Place = AddressShares<Eviction>.ID
    /// Called when a connection has to make room, with the limit that has it do so; on any thread.
    typealias Eviction = @Sendable (ConnectionRefusal) -> Void

    fileprivate struct State {
        var accepts: PaceShares?
        var pending = AddressShares<Eviction>()
        /// Those that made room and have yet to leave, and how many bytes are held for them.
        var leaving: [Place: Int] = [:]
        var leavingBytes = 0
        var clients = 0
        var perAddress: [IPAddress: Int] = [:]
        /// How many clients were told that they may come, and haven't yet; and until when they are waited for.
        var offers = 0
        var offersEnd: UInt64 = 0
    }

    private let limits: ConnectionLimits
    private let trusted: [IPNetwork]
    private let state: Mutex<State>
    /// How many may have made room without having left: beyond that newcomers are kept out instead. As many as there are places,
    /// because a loop may be held up for a while; and that many for small numbers of places.
    private let leavingLimit: Int

    /// - Parameter trusted: whose connections are those of others, as they tell.
    init(_ limits: ConnectionLimits, trusted: [IPNetwork]) {
        self.limits = limits
        self.trusted = trusted
        self.leavingLimit = max(limits.pending, 1024)
        var state = State()
        if let rate = limits.acceptsPerSecond {
            let burst = limits.acceptBurst ?? max(1, Int(clamping: Int64(min(rate.rounded(.up), 1e15))))
            state.accepts = PaceShares(burst: UInt64(max(burst, 1)), interval: UInt64(1e9 / max(rate, 0.001)))
        }
        self.state = Mutex(state)
    }

    /// For whom a connection from `address` counts; `nil`: a proxy that is trusted, which has yet to tell for whom. Such a
    /// connection counts for itself: all of a proxy's together are not one client's.
    private func block(of address: IPAddress) -> IPAddress? {
        self.trusted.contains { $0.contains(address) } ? nil : address.block
    }

    /// Notes a connection from `address` that comes in at `now`, in nanoseconds.
    ///
    /// - Parameters:
    ///   - isPaced: whether connections may come only so fast.
    ///   - isShortOfFiles: whether it took one of the last descriptors.
    ///   - onEviction: called when the connection has to make room before it has left.
    /// - Returns: its place, and what is to be given to ``uncount(_:)``.
    func enter(
        _ address: IPAddress,
        isPaced: Bool,
        isShortOfFiles: Bool,
        now: UInt64,
        onEviction: @escaping Eviction
    ) throws(ConnectionRefusal) -> (place: Place, block: IPAddress?) {
        let block = self.block(of: address)
        let limits = self.limits
        var evicted: (Eviction, ConnectionRefusal)?
        let result = try self.state.withLock { state throws(ConnectionRefusal) in
            if isPaced, state.accepts?.take(block, now: now) == false { throw .acceptRate }
            // First: who can't stay mustn't cost another one's place.
            let counted = try state.count(block, limit: limits.perAddress)
            let isFull = state.pending.count >= limits.pending
            guard !isFull || state.leaving.count < self.leavingLimit else {
                if let counted { state.uncount(counted) }
                throw .pending
            }
            let place = state.pending.enter(onEviction, of: block)
            if isFull {
                evicted = state.evict(state.pending.greediest?.id).map { ($0, .pending) }
            } else if isShortOfFiles {
                evicted = state.evictFromCrowd(self.leavingLimit).map { ($0, .files) }
            }
            return (place, counted)
        }
        if let (evict, cause) = evicted { evict(cause) }
        return result
    }

    /// Whether nobody from `address` waits to log in.
    func isFirst(from address: IPAddress) -> Bool {
        guard let block = self.block(of: address) else { return false }
        return self.state.withLock { $0.pending.count(of: block) == 0 }
    }

    /// Notes that a connection which has not logged in is from `address`. Returns what is to be given to ``uncount(_:)``.
    func identify(_ place: Place, as address: IPAddress) throws(ConnectionRefusal) -> IPAddress? {
        let block = self.block(of: address)
        let limit = self.limits.perAddress
        return try self.state.withLock { state throws(ConnectionRefusal) in
            state.pending.move(place, to: block)
            return try state.count(block, limit: limit)
        }
    }

    func uncount(_ block: IPAddress) {
        self.state.withLock { $0.uncount(block) }
    }

    /// Notes that a connection has become a client. One that has made room meanwhile may be a client all the same.
    ///
    /// - Parameter isExempt: whether it counts as none.
    func becomeClient(_ place: Place, isExempt: Bool) throws(ConnectionRefusal) {
        try self.state.withLock { state throws(ConnectionRefusal) in
            if !isExempt {
                if let limit = self.limits.clients, state.clients >= limit { throw .clients }
                state.clients += 1
                state.offers = max(state.offers - 1, 0)
            }
            state.leave(place)
        }
    }

    /// Notes that a connection has ended that had not become a client.
    func leavePending(_ place: Place) {
        self.state.withLock { $0.leave(place) }
    }

    /// Notes that a client has left.
    func leaveClient() {
        self.state.withLock { $0.clients -= 1 }
    }

    /// Whether one of the clients that wait for a place may come for it now. Who may has a second, in which nobody else is
    /// told so for the same place.
    ///
    /// - Parameter now: in nanoseconds.
    func offerPlace(now: UInt64) -> Bool {
        self.state.withLock { state in
            guard let limit = self.limits.clients else { return true }
            if now >= state.offersEnd { state.offers = 0 }
            guard state.clients + state.offers < limit else { return false }
            state.offers += 1
            state.offersEnd = now + 1_000_000_000
            return true
        }
    }

    /// Notes how many bytes are held for a connection that is no client yet. Where that is too much, others make room, as long
    /// as they hold more, by address and then by connection.
    func hold(_ byteCount: Int, at place: Place) throws(ConnectionRefusal) {
        var evicted: [Eviction] = []
        let isHeld = self.state.withLock { state in
            let limit = self.limits.pendingMemory
            guard let former = state.pending.hold(byteCount, at: place) else { return true }
            while state.pending.byteCount > limit {
                guard let heaviest = state.pending.heaviest, heaviest != place, state.leavingBytes < limit,
                    let eviction = state.evict(heaviest)
                else {
                    state.pending.hold(former, at: place)
                    return false
                }
                evicted.append(eviction)
            }
            return true
        }
        for evict in evicted { evict(.pendingMemory) }
        guard isHeld else { throw .pendingMemory }
    }

    /// What is counted now.
    struct Counts: Hashable {
        var pending: Int
        var pendingBytes: Int
        /// Those that made room, and have yet to leave.
        var leaving: Int
        var clients: Int
    }

    var counts: Counts {
        self.state.withLock {
            Counts(
                pending: $0.pending.count,
                pendingBytes: $0.pending.byteCount,
                leaving: $0.leaving.count,
                clients: $0.clients
            )
        }
    }

    /// Has up to `count` connections make room that have not logged in, of those addresses first that have most.
    ///
    /// - Parameter sparesSingles: whether an address's only one stays: it may well be one that is logging in.
    func makeRoom(_ count: Int, for cause: ConnectionRefusal, sparesSingles: Bool = true) {
        let evicted = self.state.withLock { state in
            (0..<count).compactMap { _ in state.evictFromCrowd(self.leavingLimit, of: sparesSingles ? 2 : 1) }
        }
        for evict in evicted { evict(cause) }
    }
}

extension ConnectionGate.State {
    mutating func count(_ block: IPAddress?, limit: Int?) throws(ConnectionRefusal) -> IPAddress? {
        guard let block, let limit else { return nil }
        let count = self.perAddress[block, default: 0]
        guard count < limit else { throw .address }
        self.perAddress[block] = count + 1
        return block
    }

    mutating func uncount(_ block: IPAddress) {
        let count = self.perAddress[block, default: 1] - 1
        self.perAddress[block] = count > 0 ? count : nil
    }

    /// Takes a connection's place from it; it is told by who gets this.
    mutating func evict(_ place: ConnectionGate.Place?) -> ConnectionGate.Eviction? {
        guard let place else { return nil }
        let byteCount = self.pending.hold(0, at: place) ?? 0
        guard let eviction = self.pending.leave(place) else { return nil }
        self.leaving[place] = byteCount
        self.leavingBytes += byteCount
        return eviction
    }

    /// Evicts the oldest connection of who has most, if these are `least` at least.
    mutating func evictFromCrowd(_ leavingLimit: Int, of least: Int = 2) -> ConnectionGate.Eviction? {
        guard self.leaving.count < leavingLimit, let (place, count) = self.pending.greediest, count >= least else {
            return nil
        }
        return self.evict(place)
    }

    /// A connection gives its place back, or has lost it before.
    mutating func leave(_ place: ConnectionGate.Place) {
        if self.pending.leave(place) == nil { self.leavingBytes -= self.leaving.removeValue(forKey: place) ?? 0 }
    }
}

extension IPAddress {
    /// What one subscriber has at least: an IPv4 address, or 64 bits of an IPv6 one (RFC 6177).
    var block: IPAddress {
        let address = self.unmapped
        return address.family == .ipv4 ? address : IPAddress(family: .ipv6, high: address.high, low: 0)
    }
}
