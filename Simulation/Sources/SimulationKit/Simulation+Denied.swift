import CSimulatedSystem

// Clients that are denied while they are connected.
extension Simulation {
    /// How long a client may stay that is denied, in nanoseconds: 8 s until the verifier has decided, if it was just
    /// logging in, 2 s for reading what waits for it, and pauses.
    private static let longestToDismiss: UInt64 = 14_000_000_000

    /// Checked each second.
    func checkDenied() {
        let limit = csim_now() - min(csim_now(), Self.longestToDismiss)
        for client in self.open.indices {
            guard let since = self.deniedSince[client], since < limit else { continue }
            for connection in self.open[client] where connection.isServed && connection.stalledUntil < limit {
                guard let loggedIn = connection.loggedIn, connection.isLoggedIn, loggedIn < limit else { continue }
                self.ledger.violated(
                    "client \(client) is connected to relay \(connection.relay), "
                        + "but denied since \(since / 1_000_000) ms"
                )
            }
        }
    }
}
