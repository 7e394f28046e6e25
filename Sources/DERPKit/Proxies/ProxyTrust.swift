import IPAddresses

/// Which proxies are in front of the relay, and how they name clients.
public struct ProxyTrust: Hashable, Sendable {
    /// The networks of the proxies that are believed about clients: `X-Forwarded-For` and `X-Real-IP` of their
    /// requests.
    public var networks: [IPNetwork] = []
    /// Whether connections from ``networks`` begin with a PROXY protocol header, of version 1 or 2. A connection
    /// without one is closed. Connections from elsewhere are the clients' own.
    public var sendsHeader = false

    /// No proxies.
    public init() {}

    func contains(_ address: IPAddress) -> Bool {
        self.networks.contains { $0.contains(address) }
    }

    func validate() throws(DERPError) {
        guard !self.sendsHeader || !self.networks.isEmpty else {
            throw DERPError(.invalidConfiguration, "a PROXY header is expected, but no network is trusted to send one")
        }
    }
}
