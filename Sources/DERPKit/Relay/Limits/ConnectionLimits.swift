/// How many connections a relay takes, and how fast. Connections beyond these limits are closed at once, and counted.
public struct ConnectionLimits: Hashable, Sendable {
    /// The maximum number of new connections per second to ``RelayServer/Configuration/addresses``, 0.001 or more.
    /// `nil`: any number.
    public var acceptsPerSecond: Double?
    /// How many of these connections may come at once after a pause. At least 1. `nil`: as many as in one second.
    public var acceptBurst: Int?
    /// The maximum number of connections of clients that have logged in. `nil`: any number.
    public var clients: Int?
    /// The maximum number of connections that are not clients, or not yet. At least 1.
    public var pending = 8192
    /// The maximum number of connections from one IPv4 address, or one IPv6 network of 64 bits. `nil`: any number.
    /// Trusted proxies have no limit, but the clients that come through them do.
    public var perAddress: Int?
    /// The maximum amount of data that is held for connections before they are clients, in bytes. At least 1 MiB.
    public var pendingMemory = MemoryPlan.standardPending

    /// The maximum number of refused clients' connections that are held until the clients may try again, 0…65,536. A
    /// quarter of them may come from one address. They don't count for the other limits. Connections beyond this number
    /// are closed at once.
    public var refused = 4096
    /// How long such a connection is held at most. Each time is drawn at random between 30 % of this and all of it. Up
    /// to 110 s, because a stock client hears nothing meanwhile and leaves after 120 s. Zero: not at all.
    public var refusedHoldTime: Duration = .seconds(100)

    /// Creates the default limits: places for strangers and refused clients, any number of clients.
    public init() {}

    func validate() throws(DERPError) {
        let isValid =
            self.acceptsPerSecond.map { $0 >= 0.001 && $0.isFinite } ?? true
            && (self.acceptBurst ?? 1) >= 1 && (self.clients ?? 1) >= 1 && (self.perAddress ?? 1) >= 1
            && self.pending >= 1 && self.pendingMemory >= 1 << 20
            && (0...65_536).contains(self.refused) && (.zero...(.seconds(110))).contains(self.refusedHoldTime)
        guard isValid else { throw DERPError(.invalidConfiguration, "a limit of connections is out of range") }
    }
}
