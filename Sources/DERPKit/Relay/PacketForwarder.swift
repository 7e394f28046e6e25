import AsyncSockets

/// The authority on who is connected: it registers clients, decides which of several connections with one key gets
/// its packets, and publishes the routes to the loops. It is never on the way of a packet.
actor PacketForwarder {
    private let relays: [RelayLoop]
    private var presences: [NodePublicKey: Presence] = [:]
    private(set) var isClosed = false

    /// The connections that have a key.
    private struct Presence {
        /// Gets the packets.
        var active: ClientID
        /// The rest, the one that spoke last at the end.
        var others: [ClientID] = []
        /// Clients to which connections of this key that have left sent packets.
        var contacts: Set<ClientID> = []
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.relays[0].loop.asUnownedSerialExecutor() }

    init(relays: [RelayLoop]) {
        self.relays = relays
    }

    /// How many keys are connected, and how many of them more than once.
    var counts: (clients: Int, duplicates: Int) {
        (self.presences.count, self.presences.values.reduce(0) { $0 + ($1.others.isEmpty ? 0 : 1) })
    }

    /// Makes a connection known. When this returns, packets for `key` reach it from every loop.
    func register(_ client: ClientID, key: NodePublicKey) async {
        if self.presences[key] != nil {
            self.makeActive(client, key: key)
        } else {
            self.presences[key] = Presence(active: client)
        }
        await self.publish(.route(key, client))
    }

    /// Notes that a connection has sent something while another one with its key was getting the packets. When this
    /// returns, it gets them.
    func activate(_ client: ClientID, key: NodePublicKey) async {
        guard let presence = self.presences[key], presence.active != client, presence.others.contains(client) else {
            return
        }
        self.makeActive(client, key: key)
        await self.publish(.route(key, client))
    }

    private func makeActive(_ client: ClientID, key: NodePublicKey) {
        guard var presence = self.presences.removeValue(forKey: key) else { return }
        let former = presence.active
        presence.others.removeAll { $0 == client }
        presence.others.append(former)
        presence.active = client
        self.presences[key] = presence
        self.setActive(former, false)
        self.setActive(client, true)
    }

    /// Forgets a connection.
    ///
    /// - Parameter contacts: the clients to which it has sent packets.
    /// - Returns: who must be told that the key is gone: nobody while another connection has it.
    func unregister(_ client: ClientID, key: NodePublicKey, contacts: Set<ClientID>) -> Set<ClientID> {
        guard var presence = self.presences.removeValue(forKey: key) else { return [] }
        presence.contacts.formUnion(contacts)
        while presence.contacts.count > PeerMemory.limit { presence.contacts.removeFirst() }
        if presence.active == client {
            guard let successor = presence.others.popLast() else {
                self.relays.forEach { $0.leave(.routeRemoved(key)) }
                return presence.contacts
            }
            presence.active = successor
            self.setActive(successor, true)
            self.relays.forEach { $0.leave(.route(key, successor)) }
        } else {
            presence.others.removeAll { $0 == client }
        }
        self.presences[key] = presence
        return []
    }

    private func setActive(_ client: ClientID, _ isActive: Bool) {
        self.relays[Int(client.loop)].leave(.activity(client, isActive: isActive))
    }

    /// Tells every loop, and returns when all have taken note.
    private func publish(_ mail: RelayMail) async {
        await withUnsafeContinuation { waiter in
            let acknowledgement = Acknowledgement(count: self.relays.count, resuming: waiter)
            for relay in self.relays {
                relay.leave(mail)
                relay.leave(.acknowledge(acknowledgement))
            }
        }
    }
}
