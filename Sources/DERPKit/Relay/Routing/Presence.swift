/// Where one key is connected: here, and at which other nodes of the mesh. Confined to the forwarder.
final class Presence {
    let key: NodePublicKey
    /// Where the table keeps it.
    fileprivate let slot: Int

    /// The connection here that gets the packets.
    private(set) var active: LocalClient?
    /// The other connections here, the one that spoke last at the end.
    private var others = RecencyMap<ClientID, LocalClient>()
    /// Links to the nodes that have the key, the one that told of it first at the beginning, and those that have ended at the
    /// end.
    private(set) var links: [ClientID] = []
    /// Clients to which connections of this key that have left sent packets.
    var contacts = BoundedSet<ClientID>(limit: PeerMemory.limit)

    fileprivate init(key: NodePublicKey, slot: Int) {
        self.key = key
        self.slot = slot
    }

    var isLocal: Bool { self.active != nil }
    var isDuplicate: Bool { !self.others.isEmpty }
    var isNowhere: Bool { !self.isLocal && self.links.isEmpty }

    /// All connections here.
    var localClients: [ClientID] { (self.active.map { [$0.id] } ?? []) + self.others.keys }

    /// Where all connections here come from.
    var localAddresses: [IPEndpoint] {
        (self.active.map { [$0.address] } ?? []) + self.others.keys.compactMap { self.others[$0]?.address }
    }

    func contains(_ client: ClientID) -> Bool { self.active?.id == client || self.others[client] != nil }

    /// Gives the packets to `client`, which is new or one of the others. Returns which connection had them.
    func activate(_ client: LocalClient) -> ClientID? {
        let former = self.active
        self.others.remove(client.id)
        if let former { self.others.append(former, for: former.id) }
        self.active = client
        return former?.id
    }

    /// One of the connections that don't get the packets.
    func idle(_ client: ClientID) -> LocalClient? { self.others[client] }

    /// Forgets a connection. Returns whether it was the one that got the packets, which its predecessor has now.
    func remove(_ client: ClientID) -> Bool {
        guard self.active?.id == client else {
            self.others.remove(client)
            return false
        }
        self.active = self.others.popLast()
        return true
    }

    /// Notes that the node at the other end of `link` has the key. Links in `ended` come behind it.
    func add(link: ClientID, before ended: Set<ClientID> = []) {
        self.links.insert(link, at: self.links.firstIndex(where: ended.contains) ?? self.links.count)
    }

    /// Notes that `link` has ended, and is only to be used if there is no other.
    func demote(link: ClientID) {
        self.remove(link: link)
        self.links.append(link)
    }

    /// Notes that it has it no more.
    func remove(link: ClientID) {
        self.links.removeAll { $0 == link }
    }
}

/// The presences of keys that are connected here, or known by more than ``RemoteKeys`` holds. They can be gone through in
/// steps, while others come and go.
struct PresenceTable {
    private var presences: [NodePublicKey: Presence] = [:]
    private var slots: [Presence?] = []
    private var free: [Int] = []

    /// All that are in the table.
    var all: some Collection<Presence> { self.presences.values }

    subscript(_ key: NodePublicKey) -> Presence? { self.presences[key] }

    /// Makes a presence of `key`, which has none.
    mutating func add(_ key: NodePublicKey) -> Presence {
        let slot = self.free.popLast() ?? self.slots.count
        let presence = Presence(key: key, slot: slot)
        if slot == self.slots.count { self.slots.append(presence) } else { self.slots[slot] = presence }
        self.presences[key] = presence
        return presence
    }

    mutating func remove(_ presence: Presence) {
        self.presences[presence.key] = nil
        self.slots[presence.slot] = nil
        self.free.append(presence.slot)
    }

    /// A step through the table: up to `limit` slots from `start` on, and where the next step begins, if there is one.
    func step(from start: Int, limit: Int) -> (presences: [Presence], next: Int?) {
        guard start < self.slots.count else { return ([], nil) }
        let end = min(start + limit, self.slots.count)
        return (self.slots[start..<end].compactMap { $0 }, end < self.slots.count ? end : nil)
    }
}
