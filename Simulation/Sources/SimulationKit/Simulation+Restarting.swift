import CSimulatedSystem

// What clients are told before a relay ends their connections because it stops.
extension Simulation {
    func hearRestarting(_ frame: WireFrame, over connection: Connection) {
        // They may come back at once, and should try for 30 s.
        if frame.payload != [0, 0, 0, 0, 0, 0, 0x75, 0x30] {
            self.ledger.violated("client \(connection.client) was told wrong times of a restart: \(frame.payload)")
        }
        connection.isRestarting = true
        connection.isSentAway = self.isSucceeded(connection)
    }

    /// The connections that a takeover ends in order.
    func connectionsToMove() -> [Connection] {
        self.open.joined().filter { $0.isLoggedIn && $0.isServed && $0.stalledUntil < csim_now() }
    }

    /// Those of `connections` that have ended were told.
    func checkRestarting(_ connections: [Connection]) {
        for connection in connections where !connection.isOpen && !connection.isRestarting {
            self.ledger.violated(
                "relay \(connection.relay) was taken over from, and didn't tell client \(connection.client)"
            )
        }
    }
}
