import AsyncSockets

/// What other threads tell a relay loop. Handled in the order in which it was left.
enum RelayMail: Sendable {
    /// Frames for clients of this loop.
    case frames(PacketBatch)
    /// From now on packets for the key go to the client.
    case route(NodePublicKey, ClientID)
    /// From now on packets for the key go over the link to the node that has it.
    case remoteRoute(NodePublicKey, ClientID)
    /// The key has left the region.
    case routeRemoved(NodePublicKey)
    /// Whether a client gets the packets for its key, which several have.
    case activity(ClientID, isActive: Bool)
    /// Control frames for a client.
    case control(ClientID, [UInt8])
    /// The client's connection is to end, because a mesh peer wants it.
    case close(ClientID)
    /// So many of the refused clients that are held are to be let go: descriptors or memory are short.
    case giveWay(Int)
    /// The connection, which is none of a client's, had to make room for others because of the limit.
    case evict(ConnectionSeat, TCPStream, ConnectionRefusal)
    /// Everything before this has been handled.
    case acknowledge(Acknowledgement)
}
