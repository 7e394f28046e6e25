extension RelayServer {
    /// The clients that are connected now, including mesh peers, in no particular order. A key with several connections
    /// appears once for each of them.
    ///
    /// The loops are visited one after the other, 256 clients at a time, and do other work in between. A client that
    /// comes or goes in the meantime may be missing or included.
    public nonisolated var clients: [ConnectedClient] {
        get async {
            var clients: [ConnectedClient] = []
            for relay in self.relays {
                var next: Int? = 0
                while let start = next {
                    let step = await relay.loop.run { relay.clients(from: start, limit: Self.clientStep) }
                    clients += step.clients
                    next = step.next
                }
            }
            return clients
        }
    }

    /// The number of clients that a loop looks at before it does other work.
    private static let clientStep = 256

    /// Ends all connections that a key has at this relay. Connections to other nodes of the mesh stay.
    ///
    /// This does not keep a client out. To lock a client out, first have your verifier refuse it, then call
    /// ``forgetDecisions(about:)``, then this function.
    ///
    /// Without a reason, the connections are closed, also those that are held, and the client is told nothing. A stock client comes back at once:
    /// it is away for at most 0.2 s, or is refused when it comes back.
    ///
    /// With a reason, the client is told the reason. Its connection is then held for 30 to 100 s
    /// (``ConnectionLimits/refusedHoldTime``), like that of a refused client: nothing is relayed for it, and it comes
    /// back after that time. If there is no place to hold the connection, it is closed and the client is told nothing,
    /// because a client that is told a reason and then closed comes back over and over. Mesh peers are always closed
    /// without being told.
    ///
    /// Returns when the connections have been asked to end. A client that is told a reason gets what waits for it
    /// first, and has 2 s to read it.
    ///
    /// - Parameters:
    ///   - key: The key whose connections end.
    ///   - reason: The end of the sentence "This relay has disconnected this client: …", without its full stop. Cut to
    ///     256 bytes of UTF-8; control characters become spaces. `nil`: the client is told nothing.
    /// - Returns: The number of connections.
    @discardableResult
    public nonisolated func disconnect(_ key: NodePublicKey, reason: String? = nil) async -> Int {
        let reason = reason.map { ClientNotice.cut($0, to: AdmissionDecision.messageLimit) }
        var count = 0
        for id in await self.context.forwarder.connections(of: key) {
            let relay = self.relays[Int(id.loop)]
            if await relay.loop.run({ relay.disconnect(id, reason: reason) }) { count += 1 }
        }
        // Whoever is given a reason is held. Those that are held already stay.
        guard reason == nil else { return count }
        for relay in self.relays { count += await relay.loop.run { relay.held.release(key) } }
        return count
    }
}
