import IPAddresses

/// A client that wants to use the relay.
public struct AdmissionRequest: Hashable, Sendable {
    /// The client's key. The client has proved that it has the private key.
    public var key: NodePublicKey
    /// The client's IP address. IPv4-mapped addresses are given as IPv4. Behind a proxy that
    /// ``RelayServer/Configuration/proxies`` trusts and that reports the client's address, this is that address; behind
    /// any other proxy, it is the proxy's.
    public var source: IPAddress

    /// Makes a request for the client with `key` that connects from `source`.
    public init(key: NodePublicKey, source: IPAddress) {
        self.key = key
        self.source = source
    }
}
