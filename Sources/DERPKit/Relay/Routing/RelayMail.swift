/// What other threads tell a relay loop. Handled in the order in which it was left.
enum RelayMail: Sendable {
    /// Frames for clients of this loop.
    case frames(PacketBatch)
    /// From now on packets for the key go to the client.
    case route(NodePublicKey, ClientID)
    /// The key has left.
    case routeRemoved(NodePublicKey)
    /// Whether a client gets the packets for its key, which several have.
    case activity(ClientID, isActive: Bool)
    /// Everything before this has been handled.
    case acknowledge(Acknowledgement)
}
