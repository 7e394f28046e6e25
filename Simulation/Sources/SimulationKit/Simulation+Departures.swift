// Who is told of keys that leave, where nodes have clients of each other (docs/protocol.md, "Relaying").
extension Simulation {
    /// A listener, and those who wrote to it.
    private struct Party {
        let listener: Visitor
        /// It is connected to another node only.
        let far: Visitor
        /// The same key at both nodes.
        let twin: (near: Visitor, far: Visitor)
    }

    func checkDepartures() throws {
        guard self.relays.count > 1 else { return }
        let parties = self.relays.indices.map { index in
            let other = (index + 1) % self.relays.count
            let twin = self.visit(other)
            return Party(
                listener: self.visit(index),
                far: self.visit(other),
                twin: (near: self.visit(index, as: twin.keys), far: twin)
            )
        }
        // Nodes learn of each other's clients.
        try self.pass(milliseconds: 3000)
        for party in parties {
            for sender in [party.far, party.twin.near] { sender.send([1], to: party.listener.keys.publicKey) }
        }
        try self.pass(milliseconds: 1000)
        for party in parties { party.twin.near.close() }
        try self.pass(milliseconds: 3000)
        for party in parties {
            for (sender, count) in [(party.far, 0), (party.twin.far, 0)] { self.check(party, sender, count) }
            party.far.close()
            party.twin.far.close()
        }
        try self.pass(milliseconds: 3000)
        for party in parties {
            for (sender, count) in [(party.far, 1), (party.twin.far, 1)] { self.check(party, sender, count) }
        }
        self.dismiss(parties.flatMap { [$0.listener, $0.far, $0.twin.near, $0.twin.far] })
    }

    /// The listener was told so often that a sender left.
    private func check(_ party: Party, _ sender: Visitor, _ expected: Int) {
        let key = sender.keys.publicKey
        guard !party.listener.packets(from: key).isEmpty else {
            self.ledger.violated(
                "a packet of a visitor of relay \(sender.relay) didn't come to one of relay \(party.listener.relay)"
            )
            return
        }
        let count = party.listener.frames(of: .peerGone).count { $0.payload == key + [0] }
        guard count != expected else { return }
        self.ledger.violated(
            "a visitor of relay \(party.listener.relay) was told \(count) times, not \(expected), that one left who "
                + "\(expected == 0 ? "is" : "was") at relay \(sender.relay)"
        )
    }
}
