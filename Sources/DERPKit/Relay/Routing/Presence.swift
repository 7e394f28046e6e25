/// Where one key is connected: here, and at which other nodes of the mesh. Confined to the forwarder.
final class Presence {
    let key: NodePublicKey
    /// The presence's slot in its table.
    fileprivate let slot: Int

    /// The connection here that gets the packets.
    private(set) var active: LocalClient?
    /// The other connections here. The one that last sent something is at the end.
    private var others = RecencyMap<ClientID, LocalClient>()
    /// The links to the nodes that have the key, in the order in which they told of it. Links that have ended are at
    /// the end.
    private(set) var links: [ClientID] = []
    /// The clients that got packets from connections of this key that have left.
    var contacts = BoundedSet<ClientID>(limit: PeerMemory.limit)
    /// Whether the last connection here was sent away to the process that takes over, and the key hasn't been seen since.
    var isMoving = false

    fileprivate init(key: NodePublicKey, slot: Int) {
        self.key = key
        self.slot = slot
    }

    var isLocal: Bool { self.active != nil }
    var isDuplicate: Bool { !self.others.isEmpty }

    /// All connections here.
    var localClients: [ClientID] { (self.active.map { [$0.id] } ?? []) + self.others.keys }

    /// The addresses of all connections here.
    var localAddresses: [IPEndpoint] {
        (self.active.map { [$0.address] } ?? []) + self.others.keys.compactMap { self.others[$0]?.address }
    }

    func contains(_ client: ClientID) -> Bool { self.active?.id == client || self.others[client] != nil }

    /// Makes `client`, which is new or one of the others, the connection that gets the packets. Returns the connection
    /// that got them before.
    func activate(_ client: LocalClient) -> ClientID? {
        let previous = self.active
        self.others.remove(client.id)
        if let previous { self.others.append(previous, for: previous.id) }
        self.active = client
        self.isMoving = false
        return previous?.id
    }

    /// Returns `client` if it is one of the connections that don't get the packets.
    func idle(_ client: ClientID) -> LocalClient? { self.others[client] }

    /// Forgets a connection. Returns whether it was the one that got the packets. In that case, the one that got them
    /// before it gets them again.
    func remove(_ client: ClientID) -> Bool {
        guard self.active?.id == client else {
            self.others.remove(client)
            return false
        }
        self.active = self.others.popLast()
        return true
    }

    /// Notes that the node at the other end of `link` has the key. The link goes before those in `ended`.
    func add(link: ClientID, before ended: Set<ClientID> = []) {
        self.isMoving = false
        self.links.insert(link, at: self.links.firstIndex(where: ended.contains) ?? self.links.count)
    }

    /// Notes that `link` has ended, and is only to be used when there is no other.
    func demote(link: ClientID) {
        self.remove(link: link)
        self.links.append(link)
    }

    /// Notes that the node at the other end of `link` no longer has the key.
    func remove(link: ClientID) {
        self.links.removeAll { $0 == link }
    }
}

/// The presences of the keys that are connected here, or known by more than ``RemoteKeys`` holds. They can be visited
/// in steps, while others come and go.
struct PresenceTable {
    private var presences: [NodePublicKey: Presence] = [:]
    private var slots: [Presence?] = []
    private var free: [Int] = []

    subscript(_ key: NodePublicKey) -> Presence? { self.presences[key] }

    /// Creates a presence for `key`, which must have none.
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

    /// Returns the presences in up to `limit` slots from `start` on, and where the next step begins, if there is one.
    func step(from start: Int, limit: Int) -> (presences: [Presence], next: Int?) {
        guard start < self.slots.count else { return ([], nil) }
        let end = min(start + limit, self.slots.count)
        return (self.slots[start..<end].compactMap { $0 }, end < self.slots.count ? end : nil)
    }
}
