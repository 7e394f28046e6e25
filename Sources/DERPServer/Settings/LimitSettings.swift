import DERPKit

/// What the command line says of how much is served.
struct LimitSettings: Hashable {
    var connections = ConnectionLimits()
    /// How long a connection may take until its client has logged in.
    var loginTimeout = Duration.seconds(60)
    /// How many bytes the packets in all queues may take; `nil`: what there is decides.
    var queueMemory: Int?
    /// The file of the clients' rates.
    var rateFile: String?

    /// Takes the flags of limits.
    ///
    /// - Throws: ``UsageError`` with the flag that is wrong.
    init(_ options: LimitOptions) throws(UsageError) {
        self.connections.acceptsPerSecond = try Self.rate(options.acceptConnectionLimit)
        if !options.acceptConnectionBurst.isEmpty {
            let burst = FlagValue("-accept-connection-burst", options.acceptConnectionBurst)
            self.connections.acceptBurst = try burst.integer(in: 1...Int.max)
        }
        let counts = 0...1_000_000_000
        let clients = try FlagValue("--max-clients", options.maxClients).integer(in: counts)
        self.connections.clients = clients > 0 ? clients : nil
        self.connections.pending = try FlagValue("--max-pending", options.maxPending).integer(in: 1...counts.upperBound)
        let perAddress = try FlagValue("--max-connections-per-ip", options.maxConnectionsPerIP).integer(in: counts)
        self.connections.perAddress = perAddress > 0 ? perAddress : nil
        self.connections.refused = try FlagValue("--max-refused", options.maxRefused).integer(in: 0...65_536)
        self.connections.refusedHoldTime = try FlagValue("--refused-hold-time", options.refusedHoldTime)
            .duration(zeroOr: .seconds(1)...(.seconds(110)))
        self.loginTimeout = try FlagValue("--login-timeout", options.loginTimeout)
            .duration(in: .seconds(1)...(.seconds(3600)))
        if !options.queueMemory.isEmpty {
            self.queueMemory = try FlagValue("--queue-memory", options.queueMemory).byteCount(in: 1 << 20...1 << 40)
        }
        self.rateFile = options.rateConfig.isEmpty ? nil : options.rateConfig
    }

    /// A number per second; `nil` for none and for Go's infinity, which is derper's default.
    private static func rate(_ text: String) throws(UsageError) -> Double? {
        guard !text.isEmpty else { return nil }
        guard let rate = Double(text), rate >= 0.001 else {
            throw UsageError("-accept-connection-limit is a number from 0.001 on, not \(UsageError.quote(text))")
        }
        return rate.isFinite ? rate : nil
    }
}
