import FoundationEssentials

extension RelayLoop {
    /// Returns the clients in up to `limit` slots from `start` on, and where the next step begins, if there is one.
    func clients(from start: Int, limit: Int) -> (clients: [ConnectedClient], next: Int?) {
        let (outboxes, next) = self.clients.step(from: start, limit: limit)
        let (time, now) = (Date(), self.loop.now)
        let clients = outboxes.compactMap { outbox in
            outbox.client.map { ConnectedClient($0, outbox, time: time, now: now) }
        }
        return (clients, next)
    }

    /// Ends a client's connection. Returns `false` when the client has left.
    ///
    /// - Parameter reason: What the client is told. `nil`: it is closed without being told, as a mesh peer always is.
    func disconnect(_ id: ClientID, reason: String?) -> Bool {
        guard let outbox = self.clients[id], let client = outbox.client else { return false }
        guard let reason, outbox.terms.isClient else {
            outbox.abort(.disconnected)
            return true
        }
        Task(executorPreference: self.loop) {
            await client.dismiss(for: .sentAway(client.key, reason: reason), as: .disconnected)
        }
        return true
    }
}
