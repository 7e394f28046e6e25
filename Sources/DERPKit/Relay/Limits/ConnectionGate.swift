import AsyncSockets
import Synchronization

/// Counts connections over all loops, and keeps out those that are too many. Asked a few times in a connection's life.
final class ConnectionGate: Sendable {
    private struct State {
        var accepts: EventLimiter?
        var pending = 0
        var clients = 0
        var perAddress: [IPAddress: Int] = [:]
        var pendingBytes = 0
        /// How many clients were told that they may come, and haven't yet; and until when they are waited for.
        var offers = 0
        var offersEnd: UInt64 = 0
    }

    private let limits: ConnectionLimits
    private let trusted: [IPNetwork]
    private let state: Mutex<State>

    /// - Parameter trusted: whose connections are those of others, as they tell.
    init(_ limits: ConnectionLimits, trusted: [IPNetwork]) {
        self.limits = limits
        self.trusted = trusted
        var state = State()
        if let rate = limits.acceptsPerSecond {
            let burst = limits.acceptBurst ?? max(1, Int(clamping: Int64(min(rate.rounded(.up), 1e15))))
            state.accepts = EventLimiter(burst: UInt64(max(burst, 1)), interval: UInt64(1e9 / max(rate, 0.001)))
        }
        self.state = Mutex(state)
    }

    /// Notes a connection that comes in at `now`, in nanoseconds.
    ///
    /// - Parameter isPaced: whether connections may come only so fast.
    func enter(isPaced: Bool, now: UInt64) throws(ConnectionRefusal) {
        try self.state.withLock { state throws(ConnectionRefusal) in
            if isPaced, state.accepts?.take(now: now) == false { throw .acceptRate }
            guard state.pending < self.limits.pending else { throw .pending }
            state.pending += 1
        }
    }

    /// Notes that a connection is from `address`, as far as it counts; returns what is to be given to ``leave(_:)``.
    func count(_ address: IPAddress) throws(ConnectionRefusal) -> IPAddress? {
        guard let limit = self.limits.perAddress, !self.trusted.contains(where: { $0.contains(address) }) else {
            return nil
        }
        let block = address.block
        try self.state.withLock { state throws(ConnectionRefusal) in
            let count = state.perAddress[block, default: 0]
            guard count < limit else { throw .address }
            state.perAddress[block] = count + 1
        }
        return block
    }

    func uncount(_ block: IPAddress) {
        self.state.withLock { state in
            let count = state.perAddress[block, default: 1] - 1
            state.perAddress[block] = count > 0 ? count : nil
        }
    }

    /// Notes that a connection has become a client.
    ///
    /// - Parameter isExempt: whether it counts as none.
    func becomeClient(isExempt: Bool) throws(ConnectionRefusal) {
        try self.state.withLock { state throws(ConnectionRefusal) in
            if !isExempt {
                if let limit = self.limits.clients, state.clients >= limit { throw .clients }
                state.clients += 1
                state.offers = max(state.offers - 1, 0)
            }
            state.pending -= 1
        }
    }

    /// Notes that a connection has ended that had not become a client.
    func leavePending() {
        self.state.withLock { $0.pending -= 1 }
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

    /// Notes that connections that are no clients yet hold `difference` bytes more than before.
    func hold(_ difference: Int) throws(ConnectionRefusal) {
        try self.state.withLock { state throws(ConnectionRefusal) in
            let bytes = state.pendingBytes + difference
            guard difference <= 0 || bytes <= self.limits.pendingMemory else { throw .pendingMemory }
            state.pendingBytes = bytes
        }
    }
}

extension IPAddress {
    /// What one subscriber has at least: an IPv4 address, or 64 bits of an IPv6 one (RFC 6177).
    var block: IPAddress {
        let address = self.unmapped
        return address.family == .ipv4 ? address : IPAddress(family: .ipv6, high: address.high, low: 0)
    }
}
