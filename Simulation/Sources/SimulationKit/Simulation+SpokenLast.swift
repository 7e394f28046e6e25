import CSimulatedSystem

// A key with two connections gets packets over the one that spoke last.
extension Simulation {
    func checkSpokenLast() throws {
        var pairs: [(older: Connection, newer: Connection)] = []
        for client in stride(from: 0, to: self.open.count, by: 3) {
            guard let older = self.open[client].last(where: \.isLoggedIn) else { continue }
            for other in self.open[client] where other !== older { other.close() }
            self.open[client] = [older]
            self.connect(client, to: older.relay)
        }
        try self.pass(until: csim_now() + 15_000_000_000)
        for connections in self.open
        where connections.count == 2 && connections.allSatisfy(\.isLoggedIn)
            && connections[0].process == connections[1].process && !self.isHaunted(connections[0].client)
        {
            pairs.append((connections[0], connections[1]))
        }
        for turn in 0..<3 {
            let speakers = pairs.map { turn == 1 ? $0.newer : $0.older }
            for speaker in speakers { speaker.say(WireFrame(.notePreferred, [1]).encoded) }
            try self.pass(until: csim_now() + 3_000_000_000)
            // Whoever sends has spoken last, too.
            let packets = speakers.indices.map { index in
                self.sendPacket(over: speakers[(index + 1) % speakers.count], to: speakers[index].client, size: 100)
            }
            try self.pass(until: csim_now() + 3_000_000_000)
            for (speaker, packet) in zip(speakers, packets) where self.ledger.way(of: packet) != speaker.number {
                self.ledger.violated(
                    "a packet to \(speaker.client) didn't come over the connection that spoke last, \(speaker.number)"
                )
            }
        }
        try self.checkSpokenBefore(pairs)
    }

    /// When the connection that spoke last leaves, the one that spoke before it gets the packets.
    private func checkSpokenBefore(_ pairs: [(older: Connection, newer: Connection)]) throws {
        for (older, _) in pairs { self.connect(older.client, to: older.relay) }
        try self.pass(milliseconds: 15_000)
        // Somebody else, because whoever sends has spoken.
        guard let sender = self.open.first(where: { $0.count == 1 && $0[0].isLoggedIn })?[0] else { return }
        // In the order in which they speak.
        let trios = pairs.compactMap { older, newer -> [Connection]? in
            let connections = self.open[older.client]
            guard connections.count == 3, let third = connections.last, third !== newer,
                connections.allSatisfy({ $0.isLoggedIn && $0.process == older.process })
            else { return nil }
            return [newer, third, older]
        }
        for turn in 0..<3 {
            for trio in trios { trio[turn].say(WireFrame(.notePreferred, [1]).encoded) }
            try self.pass(milliseconds: 3000)
        }
        for trio in trios {
            trio[2].close()
            self.open[trio[2].client].removeAll { $0 === trio[2] }
        }
        try self.pass(milliseconds: 3000)
        let packets = trios.map { self.sendPacket(over: sender, to: $0[1].client, size: 100) }
        try self.pass(milliseconds: 3000)
        for (trio, packet) in zip(trios, packets) where self.ledger.way(of: packet) != trio[1].number {
            self.ledger.violated(
                "a packet to \(trio[1].client) didn't come over the connection that spoke before the one that left, "
                    + "\(trio[1].number)"
            )
        }
    }

    /// Nothing leads to a client that left for good.
    func checkAbsent() throws {
        let senders = self.open.compactMap { $0.last(where: \.isLoggedIn) }
        // A relay answers three such questions of a client at once.
        let asked = zip(self.retired.sorted(), senders).map { (sender: $1, client: $0) }
        for (sender, client) in asked { sender.absent.remove(client) }
        for (sender, client) in asked { self.sendPacket(over: sender, to: client, size: 62, isDisco: true) }
        try self.pass(until: csim_now() + 5_000_000_000)
        for (sender, client) in asked
        where sender.isLoggedIn && !self.isHaunted(client) && !sender.absent.contains(client) {
            self.ledger.violated("client \(sender.client) wasn't told that \(client), which left, isn't here")
        }
    }
}
