import IPAddresses

/// One of this node's connections, as the forwarder knows it.
struct LocalClient: Sendable {
    let id: ClientID
    /// The address from which the client connects.
    let address: IPEndpoint
    let flags: PeerPresence.Flags

    /// Returns what watchers are told about the client.
    func presence(of key: NodePublicKey) -> PeerPresence {
        PeerPresence(key: key, address: self.address, flags: self.flags)
    }
}
