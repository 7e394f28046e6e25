/// How many connections a relay takes, and how fast. What is beyond is closed at once, and counted.
public struct ConnectionLimits: Hashable, Sendable {
    /// How many connections may come per second to ``RelayServer/Configuration/addresses``, from 0.001 on; `nil`: any
    /// number.
    public var acceptsPerSecond: Double?
    /// How many of them may come at once after a pause; `nil`: as many as in one second. At least 1.
    public var acceptBurst: Int?
    /// How many connections there may be of clients that have logged in; `nil`: any number.
    public var clients: Int?
    /// How many connections there may be that are no clients, or not yet. At least 1.
    public var pending = 8192
    /// How many connections there may be from one IPv4 address, or one IPv6 network of 64 bits; `nil`: any number.
    /// Proxies that are trusted have no limit, but those who come through them have.
    public var perAddress: Int?
    /// How many bytes may be held in all of what connections sent that are no clients yet. At least 1 MiB.
    public var pendingMemory = MemoryPlan.standardPending

    /// How many connections of refused clients are held until they may try again, a quarter of these from one address;
    /// 0…65,536. They count as none of the others. Who is beyond is closed at once.
    public var refused = 4096
    /// How long such a connection is held at most; the time is drawn between 30 % and all of it. Up to 110 s, because a
    /// stock client hears nothing meanwhile and leaves after 120 s. Zero: not at all.
    public var refusedHoldTime: Duration = .seconds(100)

    /// The default limits: places for strangers and refused clients, any number of clients.
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
