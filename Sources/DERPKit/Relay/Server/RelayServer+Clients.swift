extension RelayServer {
    /// The clients that are connected now, mesh peers among them, in no order. A key that is connected several times is there as often.
    ///
    /// The loops are visited one after the other, 256 clients at a time, with others' work in between. So a client that comes or goes
    /// meanwhile may be there or not.
    public nonisolated var clients: [RelayClient] {
        get async {
            var clients: [RelayClient] = []
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

    /// How many clients of a loop are looked at before others have a turn.
    private static let clientStep = 256

    /// Ends all connections that a key has at this relay; not those at other nodes of the mesh.
    ///
    /// It keeps no client out: to lock one out, first have your verifier refuse it, then call ``forgetDecisions(about:)``, then this.
    ///
    /// Without a reason, the connections are closed without a word. A stock client comes back at once, and is away for 0.2 s at the
    /// most, or is refused then.
    ///
    /// With a reason, the client is told it, and its connection is then held for 30 to 100 s
    /// (``ConnectionLimits/refusedHoldTime``), as that of a client that is refused: nothing is relayed for it, and it comes back when
    /// that is over.
    /// If there is no place to hold it, it is closed without a word: a client that is told something and closed comes back over and over.
    /// Mesh peers are always closed without a word.
    ///
    /// Returns when the connections have been asked to end. What waits for a client is sent first when it is told a reason, for which it
    /// has 2 s.
    ///
    /// - Parameters:
    ///   - key: whose connections end.
    ///   - reason: the end of the sentence "This relay has disconnected this client: …", without its full stop. Cut to 256 bytes of
    ///     UTF-8; control characters become spaces. `nil`: nothing is said.
    /// - Returns: how many connections there were.
    @discardableResult
    public nonisolated func disconnect(_ key: NodePublicKey, reason: String? = nil) async -> Int {
        let reason = reason.map { ClientNotice.cut($0, to: AdmissionDecision.messageLimit) }
        var count = 0
        for id in await self.context.forwarder.connections(of: key) {
            let relay = self.relays[Int(id.loop)]
            if await relay.loop.run({ relay.disconnect(id, reason: reason) }) { count += 1 }
        }
        return count
    }
}
