import FoundationEssentials
import IPAddresses

/// A client that is connected to a relay, as ``RelayServer/clients`` shows it.
public struct RelayClient: Hashable, Sendable {
    /// Its key.
    public let key: NodePublicKey
    /// Its address, where a trusted proxy tells of it; otherwise that of its connection.
    public let address: IPEndpoint
    /// When it connected, by the clock as it is now.
    public let since: Date
    /// Whether it calls this relay's region its home.
    public let isHome: Bool
    /// Whether packets for the key go to this connection: of several with one key, to the one that spoke last.
    public let isActive: Bool
    /// Whether it showed the mesh key: another node of the mesh, or something as trusted.
    public let isMeshPeer: Bool
}

extension RelayClient {
    /// - Parameters:
    ///   - time: the time now.
    ///   - now: the same on the loop's clock, in nanoseconds.
    init(_ client: ClientConnection, _ outbox: Outbox, time: Date, now: UInt64) {
        self.key = client.key
        self.address = client.address
        self.since = time - Double(now - min(client.start, now)) / 1e9
        self.isHome = outbox.isHome
        self.isActive = outbox.isActive
        self.isMeshPeer = client.isMeshPeer
    }
}
