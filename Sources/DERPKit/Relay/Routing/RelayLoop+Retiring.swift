import AsyncSockets

extension RelayLoop {
    /// Sends the clients that are connected now away, evenly over `time`: each is sent `farewell` after what is queued
    /// for it, and closed. Returns when the time is over, or the relay stops. Clients that log in meanwhile, and mesh
    /// peers, stay.
    func dismissClients(_ farewell: [UInt8], over time: Duration) async {
        let clients = self.clients.ids { $0.terms.isClient }
        let (start, total) = (self.loop.now, time.nanoseconds)
        for (index, client) in clients.enumerated() {
            await self.pause(until: start + total / UInt64(clients.count) * UInt64(index))
            self.clients[client]?.closeWhenSent(farewell)
        }
        await self.pause(until: start + total)
    }

    private func pause(until time: UInt64) async {
        while self.loop.now < time, !self.isDraining {
            try? await Task.sleep(for: .nanoseconds(min(time - self.loop.now, Self.step)))
        }
    }

    /// The time within which a stop is noticed, in nanoseconds.
    private static let step: UInt64 = 50_000_000
}
