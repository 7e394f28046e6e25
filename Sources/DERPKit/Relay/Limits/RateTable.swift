/// The rates in force, and what clients are told about them. A change creates a new table.
final class RateTable: Sendable {
    let limits: RateLimits
    /// The ServerInfo JSON for a client that has no rate of its own.
    private let commonInfo: [UInt8]

    init(_ limits: RateLimits) {
        self.limits = limits
        self.commonInfo = limits.areAdvertised ? ServerInfo(rate: limits.perClient).json() : Self.unlimitedServerInfo
    }

    /// Returns the ServerInfo JSON for the client with `key`.
    ///
    /// - Parameter rate: The client's own rate, as decided at its admission. `nil`: it has none.
    func serverInfo(for key: NodePublicKey, granted rate: RateLimits.Rate? = nil) -> [UInt8] {
        guard self.limits.areAdvertised, let rate = rate ?? self.limits.keys[key] else { return self.commonInfo }
        return ServerInfo(rate: rate).json()
    }

    /// The ServerInfo JSON for clients that have no limit, or aren't told about it.
    static let unlimitedServerInfo = ServerInfo().json()
}

extension ServerInfo {
    fileprivate init(rate: RateLimits.Rate) {
        self.init()
        guard !rate.isUnlimited else { return }
        self.tokenBucketBytesPerSecond = rate.bytesPerSecond
        self.tokenBucketBytesBurst = rate.burst
    }
}
