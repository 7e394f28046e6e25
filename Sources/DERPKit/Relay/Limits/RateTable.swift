/// The rates in force, and what clients are told of them. A change makes another one.
final class RateTable: Sendable {
    let limits: RateLimits
    /// ServerInfo for a client that has no rate of its own.
    private let commonInfo: [UInt8]

    init(_ limits: RateLimits) {
        self.limits = limits
        self.commonInfo = limits.areAdvertised ? ServerInfo(rate: limits.perClient).json() : Self.unlimitedServerInfo
    }

    /// The ServerInfo JSON for the client with `key`.
    ///
    /// - Parameter rate: the client's own, by whoever admitted it; `nil`: it has none.
    func serverInfo(for key: NodePublicKey, granted rate: RateLimits.Rate? = nil) -> [UInt8] {
        guard self.limits.areAdvertised, let rate = rate ?? self.limits.keys[key] else { return self.commonInfo }
        return ServerInfo(rate: rate).json()
    }

    /// The ServerInfo JSON for those that have no limit, or aren't told of it.
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
