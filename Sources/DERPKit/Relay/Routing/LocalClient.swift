import AsyncSockets

/// One of this node's connections, as its forwarder knows it.
struct LocalClient: Sendable {
    let id: ClientID
    /// Where it connects from.
    let address: IPEndpoint
    let flags: PeerPresence.Flags

    /// What watchers are told of it.
    func presence(of key: NodePublicKey) -> PeerPresence {
        PeerPresence(key: key, address: self.address, flags: self.flags)
    }
}
