import IPAddresses

/// One connection as the limits see it: which client it belongs to, and what it takes up. Confined to the connection's
/// loop.
// @unchecked: confined to the loop.
final class ConnectionSeat: @unchecked Sendable {
    /// The origin of the connection, as far as it is known by now.
    private(set) var origin: ClientOrigin
    /// Whether it had to make room before it was a client.
    private(set) var hasGivenWay = false
    /// When it came, in nanoseconds on the loop's clock.
    let start: UInt64

    private let gate: ConnectionGate
    private var place: ConnectionGate.Place = 0
    /// The block under which the connection is counted. `nil`: it isn't counted.
    private var block: IPAddress?
    private var phase = Phase.left
    private var heldByteCount = 0

    private enum Phase {
        case pending, client, exempt, left
    }

    /// Takes a place for a connection from `peer`.
    ///
    /// - Parameters:
    ///   - isPaced: Whether the limit on new connections per second counts for it.
    ///   - isShortOfFiles: Whether it took one of the last descriptors.
    ///   - now: The time in nanoseconds on a loop's clock.
    ///   - onEviction: Called on any thread when the connection has to make room. It must call ``giveWay()`` on the
    ///     connection's loop.
    init(
        _ peer: IPEndpoint,
        in gate: ConnectionGate,
        isPaced: Bool,
        isShortOfFiles: Bool = false,
        now: UInt64,
        onEviction: @escaping @Sendable (ConnectionSeat, ConnectionRefusal) -> Void = { _, _ in }
    ) throws(ConnectionRefusal) {
        self.origin = ClientOrigin(address: peer)
        self.gate = gate
        self.start = now
        (self.place, self.block) = try gate.enter(
            peer.ip,
            isPaced: isPaced,
            isShortOfFiles: isShortOfFiles,
            now: now,
            onEviction: { onEviction(self, $0) }
        )
        self.phase = .pending
    }

    /// Counts the connection as one from `origin`, because a proxy named it.
    func identify(as origin: ClientOrigin) throws(ConnectionRefusal) {
        guard origin != self.origin else { return }
        let isMoved = origin.address.ip != self.origin.address.ip
        self.origin = origin
        guard isMoved else { return }
        self.uncount()
        self.block = try self.gate.identify(self.place, as: origin.address.ip)
    }

    /// Counts the connection as a client, or as one that no limit on clients applies to.
    func becomeClient(isExempt: Bool) throws(ConnectionRefusal) {
        guard self.phase == .pending else { return }
        try self.gate.becomeClient(self.place, isExempt: isExempt)
        self.phase = isExempt ? .exempt : .client
        if isExempt { self.uncount() }
    }

    /// Notes how many bytes are held of what the connection sent before it is a client.
    func hold(_ byteCount: Int) throws(ConnectionRefusal) {
        guard byteCount != self.heldByteCount, self.phase == .pending else { return }
        try self.gate.hold(byteCount, at: self.place)
        self.heldByteCount = byteCount
    }

    /// Returns whether the connection must end because it has to make room. A client no longer has to.
    func giveWay() -> Bool {
        guard self.phase == .pending, !self.hasGivenWay else { return false }
        self.hasGivenWay = true
        return true
    }

    private func uncount() {
        if let block { self.gate.uncount(block) }
        self.block = nil
    }

    /// Gives back what the connection took up.
    func leave() {
        self.uncount()
        switch self.phase {
        case .pending: self.gate.leavePending(self.place)
        case .client: self.gate.leaveClient()
        case .exempt, .left: break
        }
        self.phase = .left
    }
}
