import AsyncSockets
import IPAddresses

/// Counts connections over all loops, and refuses those that are too many. Called a few times in a connection's life.
///
/// Connections that have not logged in share places and memory fairly: when none is left, a connection of the address
/// that has most makes room. It is told on its own loop, but its share is free at once.
final class ConnectionGate: Sendable {
    /// Identifies a connection that has not logged in.
    typealias Place = AddressShares<Eviction>.ID
    /// Called on any thread when a connection has to make room. The argument is the limit that requires it.
    typealias Eviction = @Sendable (ConnectionRefusal) -> Void

    fileprivate struct State {
        var accepts: PaceShares?
        var pending = AddressShares<Eviction>()
        /// The connections that made room and have yet to leave, and the number of bytes that are held for them.
        var leaving: [Place: Int] = [:]
        var leavingBytes = 0
        var clients = 0
        var perAddress: [IPAddress: Int] = [:]
        /// The number of clients that were told that they may come back, and haven't yet; and until when they are
        /// expected.
        var offers = 0
        var offersEnd: UInt64 = 0
    }

    private let limits: ConnectionLimits
    private let trusted: [IPNetwork]
    private let state: Lock<State>
    /// The maximum number of connections that made room and have yet to leave. Beyond it, new connections are refused
    /// instead. Equal to the number of places, because a loop may be held up for a while, and at least 1024.
    private let leavingLimit: Int

    /// Creates a gate.
    ///
    /// - Parameter trusted: The networks of trusted proxies, whose connections belong to the clients that they name.
    init(_ limits: ConnectionLimits, trusted: [IPNetwork]) {
        self.limits = limits
        self.trusted = trusted
        self.leavingLimit = max(limits.pending, 1024)
        var state = State()
        if let rate = limits.acceptsPerSecond {
            let burst = limits.acceptBurst ?? max(1, Int(clamping: Int64(min(rate.rounded(.up), 1e15))))
            state.accepts = PaceShares(burst: UInt64(max(burst, 1)), interval: UInt64(1e9 / max(rate, 0.001)))
        }
        self.state = Lock(state)
    }

    /// Returns the block for which a connection from `address` counts. `nil`: the address is that of a trusted proxy,
    /// which has yet to name the client. Such a connection counts for itself, because a proxy's connections don't all
    /// belong to one client.
    private func block(of address: IPAddress) -> IPAddress? {
        self.trusted.contains { $0.contains(address) } ? nil : address.block
    }

    /// Notes a connection from `address` that comes in at `now`, in nanoseconds.
    ///
    /// - Parameters:
    ///   - isPaced: Whether the limit on new connections per second counts for it.
    ///   - isShortOfFiles: Whether it took one of the last descriptors.
    ///   - onEviction: Called when the connection has to make room before it has left.
    /// - Returns: Its place, and the block to pass to ``uncount(_:)``.
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
            // This comes first: a connection that can't stay must not cost another one its place.
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

    /// Returns whether no connection from `address` is waiting to log in.
    func isFirst(from address: IPAddress) -> Bool {
        guard let block = self.block(of: address) else { return false }
        return self.state.withLock { $0.pending.count(of: block) == 0 }
    }

    /// Notes that a connection that has not logged in comes from `address`. Returns the block to pass to
    /// ``uncount(_:)``.
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

    /// Notes that a connection has become a client. It may do so even if it has had to make room meanwhile.
    ///
    /// - Parameter isExempt: Whether the limit on clients doesn't count it.
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

    /// Notes that a connection has ended without becoming a client.
    func leavePending(_ place: Place) {
        self.state.withLock { $0.leave(place) }
    }

    /// Notes that a client has left.
    func leaveClient() {
        self.state.withLock { $0.clients -= 1 }
    }

    /// Returns whether one of the clients that wait for a place may come back now. It then has a second, in which the
    /// same place is offered to nobody else.
    ///
    /// - Parameter now: The time in nanoseconds.
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

    /// Notes how many bytes are held for a connection that is not a client yet. When the total is too large, others
    /// make room as long as they hold more, compared by address and then by connection.
    func hold(_ byteCount: Int, at place: Place) throws(ConnectionRefusal) {
        var evicted: [Eviction] = []
        let isHeld = self.state.withLock { state in
            let limit = self.limits.pendingMemory
            guard let previous = state.pending.hold(byteCount, at: place) else { return true }
            while state.pending.byteCount > limit {
                guard let heaviest = state.pending.heaviest, heaviest != place, state.leavingBytes < limit,
                    let eviction = state.evict(heaviest)
                else {
                    state.pending.hold(previous, at: place)
                    return false
                }
                evicted.append(eviction)
            }
            return true
        }
        for evict in evicted { evict(.pendingMemory) }
        guard isHeld else { throw .pendingMemory }
    }

    struct Counts: Hashable {
        var pending: Int
        var pendingBytes: Int
        /// The connections that made room and have yet to leave.
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

    /// Makes up to `count` connections that have not logged in leave. Addresses with most connections go first.
    ///
    /// - Parameter sparesSingles: Whether the only connection of an address stays, because it may well be logging in.
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

    /// Takes away a connection's place. The caller tells the connection, with the returned closure.
    mutating func evict(_ place: ConnectionGate.Place?) -> ConnectionGate.Eviction? {
        guard let place else { return nil }
        let byteCount = self.pending.hold(0, at: place) ?? 0
        guard let eviction = self.pending.leave(place) else { return nil }
        self.leaving[place] = byteCount
        self.leavingBytes += byteCount
        return eviction
    }

    /// Evicts the oldest connection of the address that has most, if it has at least `least`.
    mutating func evictFromCrowd(_ leavingLimit: Int, of least: Int = 2) -> ConnectionGate.Eviction? {
        guard self.leaving.count < leavingLimit, let (place, count) = self.pending.greediest, count >= least else {
            return nil
        }
        return self.evict(place)
    }

    /// Gives back a connection's place, unless the connection has already lost it.
    mutating func leave(_ place: ConnectionGate.Place) {
        if self.pending.leave(place) == nil { self.leavingBytes -= self.leaving.removeValue(forKey: place) ?? 0 }
    }
}

extension IPAddress {
    /// What one subscriber has at least: an IPv4 address, or 64 bits of an IPv6 address (RFC 6177).
    var block: IPAddress {
        let address = self.unmapped
        return address.family == .ipv4 ? address : IPAddress(family: .ipv6, high: address.high, low: 0)
    }
}
