import AsyncSockets

/// Who wants to be admitted, and whence.
public struct AdmissionRequest: Hashable, Sendable {
    /// The client's key. It has proved that it has the private one.
    public var key: NodePublicKey
    /// The address from which it connects, an IPv4-mapped one unmapped: the client's own behind a proxy that
    /// ``RelayServer/Configuration/proxies`` trusts and that tells it, the proxy's behind any other.
    public var source: IPAddress

    /// A question about the client with `key` that connects from `source`, as a relay asks it.
    public init(key: NodePublicKey, source: IPAddress) {
        self.key = key
        self.source = source
    }
}
