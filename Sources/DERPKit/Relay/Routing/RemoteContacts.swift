/// The clients that got packets from clients of other nodes, and so must be told when these leave the region. Bounded:
/// the senders that were noted first are forgotten. Confined to the loop.
struct RemoteContacts {
    private let limit: Int
    private var listeners: [NodePublicKey: BoundedSet<ClientID>] = [:]
    /// The senders by age, including some that have been forgotten since.
    private var order: [NodePublicKey] = []
    private var oldest = 0
    /// The total number of listeners.
    private(set) var count = 0

    /// Creates an empty collection.
    ///
    /// - Parameter limit: The approximate maximum number of pairs of sender and listener.
    init(limit: Int = 1 << 18) {
        self.limit = limit
    }

    /// Notes that `sender` has sent something to `listener`.
    mutating func note(_ listener: ClientID, of sender: NodePublicKey) {
        if self.listeners[sender] == nil { self.add(sender) }
        let before = self.listeners[sender]?.count ?? 0
        self.listeners[sender]?.insert(listener)
        self.count += (self.listeners[sender]?.count ?? 0) - before
        while self.count > self.limit, self.oldest < self.order.count {
            _ = self.take(self.order[self.oldest])
            self.oldest += 1
        }
    }

    private mutating func add(_ sender: NodePublicKey) {
        self.listeners[sender] = BoundedSet(limit: PeerMemory.limit)
        self.order.append(sender)
        // Outdated entries are removed when they are the majority.
        guard self.order.count > 2 * self.listeners.count + 64 else { return }
        var kept: Set<NodePublicKey> = []
        self.order = self.order[self.oldest...].filter { self.listeners[$0] != nil && kept.insert($0).inserted }
        self.oldest = 0
    }

    /// Forgets `sender`, and returns its listeners.
    mutating func take(_ sender: NodePublicKey) -> [ClientID] {
        guard !self.listeners.isEmpty, let listeners = self.listeners.removeValue(forKey: sender) else { return [] }
        self.count -= listeners.count
        return listeners.elements
    }
}
