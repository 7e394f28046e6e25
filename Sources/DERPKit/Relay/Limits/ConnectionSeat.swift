import AsyncSockets

/// One connection as the limits see it: whom it is of, and what it takes up. Confined to the connection's loop.
// @unchecked: confined to the loop.
final class ConnectionSeat: @unchecked Sendable {
    /// Whom the connection is of, as far as that is known by now.
    private(set) var origin: ClientOrigin

    private let gate: ConnectionGate
    /// Under what the connection is counted; `nil`: it isn't.
    private var block: IPAddress?
    private var phase = Phase.pending
    private var heldByteCount = 0

    private enum Phase {
        case pending, client, exempt, left
    }

    /// Takes a place for a connection from `peer`.
    ///
    /// - Parameters:
    ///   - isPaced: whether connections may come only so fast.
    ///   - now: in nanoseconds on a loop's clock.
    init(_ peer: SocketAddress, in gate: ConnectionGate, isPaced: Bool, now: UInt64) throws(ConnectionRefusal) {
        self.origin = ClientOrigin(address: peer)
        self.gate = gate
        try gate.enter(isPaced: isPaced, now: now)
        do {
            self.block = try gate.count(peer.ip)
        } catch {
            gate.leavePending()
            self.phase = .left
            throw error
        }
    }

    /// Has the connection count as one from `origin`: a proxy told of it.
    func identify(as origin: ClientOrigin) throws(ConnectionRefusal) {
        guard origin != self.origin else { return }
        let isMoved = origin.address.ip != self.origin.address.ip
        self.origin = origin
        guard isMoved else { return }
        self.uncount()
        self.block = try self.gate.count(origin.address.ip)
    }

    /// Has the connection count as a client, or as one that may be there whatever the limit.
    func becomeClient(isExempt: Bool) throws(ConnectionRefusal) {
        guard self.phase == .pending else { return }
        try self.gate.becomeClient(isExempt: isExempt)
        self.phase = isExempt ? .exempt : .client
        try? self.hold(0)
        if isExempt { self.uncount() }
    }

    /// Notes how many bytes are held of what the connection sent before it is a client.
    func hold(_ byteCount: Int) throws(ConnectionRefusal) {
        guard byteCount != self.heldByteCount else { return }
        try self.gate.hold(byteCount - self.heldByteCount)
        self.heldByteCount = byteCount
    }

    private func uncount() {
        if let block { self.gate.uncount(block) }
        self.block = nil
    }

    /// Gives back what the connection took up.
    func leave() {
        try? self.hold(0)
        self.uncount()
        switch self.phase {
        case .pending: self.gate.leavePending()
        case .client: self.gate.leaveClient()
        case .exempt, .left: break
        }
        self.phase = .left
    }
}
