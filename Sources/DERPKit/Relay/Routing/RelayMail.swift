import AsyncSockets

/// What other threads tell a relay loop. Handled in the order in which it was left.
enum RelayMail: Sendable {
    /// Carries frames for clients of this loop.
    case frames(PacketBatch)
    /// Sends packets for the key to the client from now on.
    case route(NodePublicKey, ClientID)
    /// Sends packets for the key over the link to the node that has it from now on.
    case remoteRoute(NodePublicKey, ClientID)
    /// The key has left the region, or its client is on its way to the process that takes over.
    case routeRemoved(NodePublicKey, isMoving: Bool = false)
    /// Tells whether a client gets the packets for its key, which has several connections.
    case activity(ClientID, isActive: Bool)
    /// Carries control frames for a client.
    case control(ClientID, [UInt8])
    /// Closes the client's connection, because a mesh peer asked for it.
    case close(ClientID)
    /// Lets so many of the held refused clients go, because descriptors or memory are short.
    case giveWay(Int)
    /// Ends a connection that is not a client's, because it had to make room for others under this limit.
    case evict(ConnectionSeat, TCPStream, ConnectionRefusal)
    /// Acknowledges that everything before this has been handled.
    case acknowledge(Acknowledgement)
}
