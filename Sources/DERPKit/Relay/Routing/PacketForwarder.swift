import AsyncSockets

/// The authority on which clients are connected, here and at the other nodes of the mesh. It registers clients, decides
/// where the packets for a key go, publishes the routes to the loops, and tells watchers. Packets never pass through
/// it.
actor PacketForwarder {
    private let relays: [RelayLoop]
    private var presences = PresenceTable()
    /// The keys that are connected to exactly one other node, and not here. None of them is in ``presences``.
    private var remotes = RemoteKeys()
    /// The mesh's links, and the number of keys that each has told of.
    private var links: [ClientID: Int] = [:]
    /// The links that have ended while their keys still count as connected.
    private var endedLinks: Set<ClientID> = []
    /// The mesh peers that are told of every client that comes or goes.
    private var watchers: Set<ClientID> = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.relays[0].loop.asUnownedSerialExecutor() }

    init(relays: [RelayLoop]) {
        self.relays = relays
    }

    /// The numbers for the metrics.
    struct Counts {
        /// The number of keys that are connected here; `duplicates` of them are connected more than once.
        var clients = 0
        var duplicates = 0
        /// The number of keys that are connected elsewhere in the mesh, and not here.
        var remoteClients = 0
        var watchers = 0
    }

    /// Others have turns meanwhile, so whoever comes or goes then may be counted or not.
    var counts: Counts {
        get async {
            var counts = Counts(remoteClients: self.remotes.count, watchers: self.watchers.count)
            await self.forEachPresence { presence in
                counts.clients += presence.isLocal ? 1 : 0
                counts.duplicates += presence.isDuplicate ? 1 : 0
                counts.remoteClients += presence.isLocal ? 0 : 1
            }
            return counts
        }
    }
}

// MARK: Clients

extension PacketForwarder {
    /// Makes a connection known. When this returns, packets for `key` reach it from every loop.
    func register(_ client: LocalClient, key: NodePublicKey) async {
        self.makeActive(client, self.presence(of: key))
        // After the route: whoever hears of the client can reach it.
        self.announce(client.presence(of: key))
        await self.acknowledgement()
    }

    /// Makes a connection the one that gets the packets for its key, because it has sent something while another one
    /// was getting them. When this returns, it gets them.
    func activate(_ client: ClientID, key: NodePublicKey) async {
        guard let presence = self.presences[key], let idle = presence.idle(client) else { return }
        self.makeActive(idle, presence)
        await self.acknowledgement()
    }

    private func makeActive(_ client: LocalClient, _ presence: Presence) {
        if let previous = presence.activate(client) {
            self.setActive(previous, false)
            self.setActive(client.id, true)
        }
        self.publish(.route(presence.key, client.id))
    }

    /// Forgets a connection.
    ///
    /// - Parameters:
    ///   - contacts: The clients to which it has sent packets.
    ///   - isMoving: Whether the client is on its way to the process that takes over. It doesn't leave the region then,
    ///     so watchers are not told.
    /// - Returns: The clients that must be told that the key is gone. Empty while the key has another connection in the
    ///   region.
    func unregister(_ client: ClientID, key: NodePublicKey, contacts: BoundedSet<ClientID>, isMoving: Bool = false)
        -> [ClientID]
    {
        self.watchers.remove(client)
        guard let presence = self.presences[key] else { return [] }
        presence.contacts.formUnion(contacts)
        guard presence.remove(client) else { return [] }
        if let successor = presence.active {
            self.setActive(successor.id, true)
            self.publish(.route(key, successor.id))
            return []
        }
        presence.isMoving = isMoving && presence.links.allSatisfy(self.endedLinks.contains)
        defer { if !isMoving { self.announce(Frame.peerGone(key, .disconnected)) } }
        return self.publishRemoteRoute(presence)
    }

    /// Closes all connections that `keys` have here. Returns the number of connections per key, once their loops know.
    func close(_ keys: [NodePublicKey]) async -> [Int] {
        var loops: Set<Int> = []
        let counts = keys.map { key in
            let clients = self.presences[key]?.localClients ?? []
            for client in clients {
                self.relays[Int(client.loop)].leave(.close(client))
                loops.insert(Int(client.loop))
            }
            return clients.count
        }
        guard !loops.isEmpty else { return counts }
        await withUnsafeContinuation { waiter in
            let acknowledgement = Acknowledgement(count: loops.count, resuming: waiter)
            for loop in loops { self.relays[loop].leave(.acknowledge(acknowledgement)) }
        }
        return counts
    }

    /// Returns the addresses from which `key` is connected here.
    func addresses(of key: NodePublicKey) -> [IPEndpoint] { self.presences[key]?.localAddresses ?? [] }

    /// Returns all connections that `key` has here.
    func connections(of key: NodePublicKey) -> [ClientID] { self.presences[key]?.localClients ?? [] }

    private func setActive(_ client: ClientID, _ isActive: Bool) {
        self.relays[Int(client.loop)].leave(.activity(client, isActive: isActive))
    }
}

// MARK: Other nodes

extension PacketForwarder {
    /// The maximum number of keys that one link may tell of.
    static let linkLimit = 1 << 18
    /// The number of presences that are looked at before others get a turn.
    private static let lookStep = 1024

    /// Adds a link, over which clients of another node can be reached.
    func add(link: ClientID) {
        self.links[link] = 0
    }

    /// Notes which keys came to the node at the other end of `link`, and which left it. Returns only when every loop
    /// knows, so that the caller can't read more changes faster than they are handled.
    ///
    /// - Returns: The number of keys that are there now. `nil` when there are more than the limit, or the link is
    ///   unknown.
    func learn(_ changes: [MeshChange], over link: ClientID) async -> Int? {
        guard self.links[link] != nil else { return nil }
        for change in changes {
            switch change {
            case .present(let key): self.learn(key, over: link)
            case .gone(let key): self.unlearn(key, over: link)
            }
        }
        guard let count = self.links[link], count <= Self.linkLimit else { return nil }
        await self.acknowledgement()
        return count
    }

    private func learn(_ key: NodePublicKey, over link: ClientID) {
        let known = self.remotes[key]
        guard known != link else { return }
        if self.presences[key] == nil, known.flatMap({ self.links[$0] }) == nil {
            self.links[link, default: 0] += 1
            self.remotes.set(key, over: link)
            self.publish(.remoteRoute(key, link))
            return
        }
        let presence = self.presence(of: key)
        guard !presence.links.contains(link) else { return }
        self.links[link, default: 0] += 1
        presence.add(link: link, before: self.endedLinks)
        guard presence.links.first == link, !presence.isLocal else { return }
        self.publish(.remoteRoute(key, link))
    }

    private func unlearn(_ key: NodePublicKey, over link: ClientID) {
        if self.remotes[key] == link {
            self.remotes.remove(key)
            self.publish(.routeRemoved(key))
        } else if let presence = self.presences[key], presence.links.contains(link) {
            self.forget(presence, over: link)
        } else {
            return
        }
        self.links[link, default: 1] -= 1
    }

    /// Returns the presence of a key, and creates it when there is none.
    private func presence(of key: NodePublicKey) -> Presence {
        if let presence = self.presences[key] { return presence }
        let presence = self.presences.add(key)
        // The link may be about to be forgotten.
        if let link = self.remotes.remove(key), self.links[link] != nil { presence.add(link: link) }
        return presence
    }

    /// Notes that a link has ended while the keys that it told of still count as connected. From now on, any other link
    /// to such a key is preferred.
    func noteEnd(ofLink link: ClientID) async {
        guard self.links[link] != nil else { return }
        self.endedLinks.insert(link)
        await self.forEachPresence { presence in
            guard presence.links.count > 1, presence.links.contains(link) else { return }
            let wasUsed = !presence.isLocal && presence.links.first == link
            presence.demote(link: link)
            if wasUsed { _ = self.publishRemoteRoute(presence) }
        }
    }

    /// Forgets a link, and everything that was learned over it.
    func remove(link: ClientID) async {
        self.endedLinks.remove(link)
        guard self.links.removeValue(forKey: link) != nil else { return }
        await self.forEachPresence { presence in
            if presence.links.contains(link) { self.forget(presence, over: link) }
        }
        for part in 0..<RemoteKeys.partCount {
            let keys = self.remotes.removeAll(over: link, inPart: part)
            guard !keys.isEmpty else {
                if part % 16 == 0 { await self.relays[0].loop.nextTick() }
                continue
            }
            for key in keys { self.publish(.routeRemoved(key)) }
            // There may be very many keys, and clients of the loops wait meanwhile.
            await self.acknowledgement()
        }
    }

    /// Calls `body` with all presences, and lets others have turns in between.
    private func forEachPresence(_ body: (Presence) -> Void) async {
        var next: Int? = 0
        while let start = next {
            let step = self.presences.step(from: start, limit: Self.lookStep)
            step.presences.forEach(body)
            next = step.next
            if next != nil { await self.relays[0].loop.nextTick() }
        }
    }

    private func forget(_ presence: Presence, over link: ClientID) {
        let wasUsed = !presence.isLocal && presence.links.first == link
        presence.remove(link: link)
        guard wasUsed else { return }
        let key = presence.key
        let listeners = self.publishRemoteRoute(presence)
        // It counted as connected to an earlier process until now, and is on its way to a later one.
        guard !presence.isMoving else { return }
        for listener in listeners { self.relays[0].tell(listener, thatLeft: key) }
    }

    /// Sends packets for a key that isn't here to the node that has had it longest. When there is no such node, forgets
    /// the key, and returns the clients that must be told.
    private func publishRemoteRoute(_ presence: Presence) -> [ClientID] {
        if let link = presence.links.first {
            self.publish(.remoteRoute(presence.key, link))
            return []
        }
        self.presences.remove(presence)
        self.publish(.routeRemoved(presence.key, isMoving: presence.isMoving))
        return presence.contacts.elements
    }
}

// MARK: Watchers

extension PacketForwarder {
    /// The number of keys that a watcher is told of in one step.
    private static let step = 512

    /// Tells a mesh peer of every change from now on. Returns `false` when the peer has left.
    func watch(_ client: ClientID, key: NodePublicKey) -> Bool {
        guard self.presences[key]?.contains(client) == true else { return false }
        self.watchers.insert(client)
        return true
    }

    /// Tells a watcher of some of the connected clients. `start` is 0 at first. Changes in between reach it on their
    /// own, in the right order.
    ///
    /// - Returns: Where the next part begins, once this part is in the watcher's queue. `nil` when it was the last
    ///   part.
    func tellPresences(to watcher: ClientID, from start: Int) async -> Int? {
        guard self.watchers.contains(watcher) else { return nil }
        let (presences, next) = self.presences.step(from: start, limit: Self.step)
        var frames: [UInt8] = []
        for presence in presences {
            guard let client = presence.active else { continue }
            frames += Frame.peerPresent(client.presence(of: presence.key))
        }
        let relay = self.relays[Int(watcher.loop)]
        relay.leave(.control(watcher, frames))
        await withUnsafeContinuation { relay.leave(.acknowledge(Acknowledgement(count: 1, resuming: $0))) }
        return next
    }

    private func announce(_ presence: PeerPresence) {
        guard !self.watchers.isEmpty else { return }
        self.announce(Frame.peerPresent(presence))
    }

    private func announce(_ frame: [UInt8]) {
        for watcher in self.watchers { self.relays[Int(watcher.loop)].leave(.control(watcher, frame)) }
    }
}

// MARK: Publishing

extension PacketForwarder {
    /// Leaves `mail` with every loop.
    private func publish(_ mail: RelayMail) {
        for relay in self.relays { relay.leave(mail) }
    }

    /// Returns when every loop has handled what was published before.
    private func acknowledgement() async {
        await withUnsafeContinuation { waiter in
            let acknowledgement = Acknowledgement(count: self.relays.count, resuming: waiter)
            for relay in self.relays { relay.leave(.acknowledge(acknowledgement)) }
        }
    }
}
