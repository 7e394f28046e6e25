import CSimulatedSystem

// What clients are told of others that aren't there (docs/protocol.md, "Relaying").
extension Simulation {
    func hearGone(_ frame: WireFrame, over connection: Connection) {
        guard frame.payload.count == 33, frame.payload[32] < 2 else {
            self.ledger.violated("client \(connection.client) received a PeerGone that says nothing")
            return
        }
        let (key, isAbsent) = (Array(frame.payload[..<32]), frame.payload[32] == 1)
        guard let peer = self.indices[key] else {
            // Whoever has the mesh key writes to clients with such keys, but no client asks for them.
            if isAbsent || !self.hostileKeys.has(key) {
                self.ledger.violated("client \(connection.client) was told that an unknown key left")
            }
            return
        }
        guard !isAbsent else { return self.hearAbsent(peer, over: connection) }
        self.log.add("client \(connection.client)/\(connection.number) hears that \(peer) left")
        self.checkGone(peer, connection)
        connection.goneTimes[peer] = csim_now()
    }

    /// Whoever looks for a key that isn't here is told so three times at once and then once a second.
    private func hearAbsent(_ peer: Int, over connection: Connection) {
        self.log.add("client \(connection.client)/\(connection.number) hears that \(peer) isn't here")
        connection.absent.insert(peer)
        connection.absentCount += 1
        if !connection.sought.contains(peer) {
            self.ledger.violated(
                "client \(connection.client) was told that \(peer) isn't here, and didn't look for it"
            )
        }
        let time = csim_now() - (connection.loggedIn ?? 0)
        if connection.absentCount > 4 + Int(time / 1_000_000_000) {
            self.ledger.violated(
                "client \(connection.client) was told \(connection.absentCount) times in \(time / 1_000_000) ms that "
                    + "others aren't here"
            )
        }
        if self.isRetiring(connection) {
            self.ledger.violated(
                "client \(connection.client) was told that \(peer) isn't here, which may be on its way to another process"
            )
        }
    }

    /// Whether the connection's process knows that another one serves in its place, and what it said before has come.
    private func isRetiring(_ connection: Connection) -> Bool {
        let limit: UInt64 = 5_000_000_000
        guard !self.areFaultsOn, connection.stalledUntil + limit < csim_now() else { return false }
        return self.relays[connection.relay].processes.contains { process in
            process.number > connection.process && process.servesSince.map { $0 + limit < csim_now() } ?? false
        }
    }
}
