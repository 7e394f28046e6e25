import FoundationEssentials
import IPAddresses

/// A client that is connected to a relay, as ``RelayServer/clients`` shows it.
public struct ConnectedClient: Hashable, Sendable {
    /// The client's node key.
    public let key: NodePublicKey
    /// The client's address, where a trusted proxy tells it; otherwise the address of its connection.
    public let address: IPEndpoint
    /// When the client connected, by the current wall clock.
    public let since: Date
    /// Whether the client calls this relay's region its home.
    public let isHome: Bool
    /// Whether packets for the key go to this connection. Of several connections with one key, the one that last sent
    /// something gets them.
    public let isActive: Bool
    /// Whether the client showed the mesh key: it is another node of the mesh, or as trusted as one.
    public let isMeshPeer: Bool
}

extension ConnectedClient {
    /// Creates a description of a connected client.
    ///
    /// - Parameters:
    ///   - time: The time now.
    ///   - now: The same time on the loop's clock, in nanoseconds.
    init(_ client: ClientConnection, _ outbox: Outbox, time: Date, now: UInt64) {
        self.key = client.key
        self.address = client.address
        self.since = time - Double(now - min(client.start, now)) / 1e9
        self.isHome = outbox.isHome
        self.isActive = outbox.isActive
        self.isMeshPeer = client.isMeshPeer
    }
}
