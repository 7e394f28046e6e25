/// The clients of one loop, by slot. Confined to the loop.
struct ClientTable {
    private struct Slot {
        var outbox: Outbox?
        var generation: UInt32 = 0
    }

    private let loop: UInt16
    private var slots: [Slot] = []
    private var free: [UInt32] = []

    init(loop: Int) {
        self.loop = UInt16(loop)
    }

    mutating func insert(_ outbox: Outbox) -> ClientID {
        let slot = self.free.popLast() ?? UInt32(self.slots.count)
        if Int(slot) == self.slots.count { self.slots.append(Slot()) }
        self.slots[Int(slot)].outbox = outbox
        return ClientID(loop: self.loop, slot: slot, generation: self.slots[Int(slot)].generation)
    }

    mutating func remove(_ id: ClientID) {
        guard self[id] != nil else { return }
        self.slots[Int(id.slot)].outbox = nil
        self.slots[Int(id.slot)].generation &+= 1
        self.free.append(id.slot)
    }

    /// The client, or `nil` when it has left.
    subscript(_ id: ClientID) -> Outbox? {
        guard Int(id.slot) < self.slots.count else { return nil }
        let slot = self.slots[Int(id.slot)]
        return slot.generation == id.generation ? slot.outbox : nil
    }

    /// Calls `body` with every connected client.
    func forEach(_ body: (Outbox) -> Void) {
        for slot in self.slots {
            if let outbox = slot.outbox { body(outbox) }
        }
    }

    /// Returns the clients in up to `limit` slots from `start` on, and where the next step begins, if there is one.
    func step(from start: Int, limit: Int) -> (outboxes: [Outbox], next: Int?) {
        guard start < self.slots.count else { return ([], nil) }
        let end = min(start + limit, self.slots.count)
        return (self.slots[start..<end].compactMap(\.outbox), end < self.slots.count ? end : nil)
    }

    /// Returns the connected clients that meet `condition`.
    func ids(where condition: (Outbox) -> Bool) -> [ClientID] {
        self.slots.indices.compactMap { index in
            guard let outbox = self.slots[index].outbox, condition(outbox) else { return nil }
            return ClientID(loop: self.loop, slot: UInt32(index), generation: self.slots[index].generation)
        }
    }
}
