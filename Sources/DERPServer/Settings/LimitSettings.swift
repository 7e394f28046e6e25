import DERPKit

/// The settings about how much is served.
struct LimitSettings: Hashable {
    var connections = ConnectionLimits()
    /// How long a connection may take until its client has logged in.
    var loginTimeout = Duration.seconds(60)
    /// How many bytes the packets in all queues may take; `nil` means that the available memory decides.
    var queueMemory: Int?
    /// The file of the clients' rates.
    var rateFile: String?

    /// Takes the flags of limits.
    ///
    /// - Throws: ``UsageError`` with the flag that is wrong.
    init(_ given: GivenFlags<LimitFlags>) throws(UsageError) {
        let rate = try given.acceptsPerSecond
        self.connections.acceptsPerSecond = rate?.isFinite == true ? rate : nil
        if let burst = try given.acceptBurst { self.connections.acceptBurst = burst }
        let (clients, perAddress) = (try given.clients, try given.connectionsPerAddress)
        self.connections.clients = clients > 0 ? clients : nil
        self.connections.perAddress = perAddress > 0 ? perAddress : nil
        self.connections.pending = try given.pending
        self.connections.refused = try given.refused
        self.connections.refusedHoldTime = try given.refusedHoldTime
        self.loginTimeout = try given.loginTimeout
        self.queueMemory = try given.queueMemory
        self.rateFile = try given.rateFile
    }
}
