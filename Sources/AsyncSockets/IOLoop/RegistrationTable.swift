/// The handlers of file descriptors. A slot that is reused gets a new generation, so that an event that epoll reported
/// for the previous owner is recognised as stale.
struct RegistrationTable {
    private struct Slot {
        var handler: (any EventHandler)?
        var generation: UInt32
        var mark: UInt32 = .max
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []

    /// Takes a slot, and returns the token that epoll returns with each event.
    mutating func insert(_ handler: any EventHandler) -> UInt64 {
        let index: UInt32
        if let reused = self.free.popLast() {
            index = reused
            self.slots[Int(index)].handler = handler
        } else {
            index = UInt32(self.slots.count)
            self.slots.append(Slot(handler: handler, generation: 0))
        }
        return UInt64(self.slots[Int(index)].generation) << 32 | UInt64(index)
    }

    /// Frees the slot of `token`. Does nothing for a stale token.
    mutating func remove(_ token: UInt64) {
        let index = Int(UInt32(truncatingIfNeeded: token))
        guard self.slots[index].generation == UInt32(token >> 32) else { return }
        self.slots[index].handler = nil
        self.slots[index].generation &+= 1
        self.free.append(UInt32(index))
    }

    /// Returns the handler of `token`, or `nil` if the token is stale.
    func handler(for token: UInt64) -> (any EventHandler)? {
        let index = Int(UInt32(truncatingIfNeeded: token))
        guard index < self.slots.count, self.slots[index].generation == UInt32(token >> 32) else { return nil }
        return self.slots[index].handler
    }

    /// Marks the owner of `token`. Returns whether it had another mark.
    mutating func mark(_ token: UInt64, with mark: UInt32) -> Bool {
        let index = Int(UInt32(truncatingIfNeeded: token))
        guard self.slots[index].mark != mark else { return false }
        self.slots[index].mark = mark
        return true
    }

    /// The handlers that nobody else holds.
    mutating func unheldHandlers() -> [any EventHandler] {
        var unheld: [any EventHandler] = []
        for index in self.slots.indices {
            // Taken out, because a second reference would hide whether it is the only one.
            var object: AnyObject? = self.slots[index].handler.take()
            let isUnheld = isKnownUniquelyReferenced(&object)
            guard let handler = object as? any EventHandler else { continue }
            self.slots[index].handler = handler
            if isUnheld { unheld.append(handler) }
        }
        return unheld
    }
}
