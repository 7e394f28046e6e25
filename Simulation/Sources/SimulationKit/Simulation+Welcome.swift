import CSimulatedSystem

/// A packet to a client that had just logged in.
struct Welcome {
    let packet: TestPacket
    let sender: Connection
    let receiver: Connection
    /// When it must have come.
    let deadline: UInt64
    /// How many packets had been sent to the client, this one included.
    let addressed: Int
}

// Whoever learns that a client has logged in can reach it.
extension Simulation {
    /// Has other clients write to one that has just logged in.
    func welcome(_ connection: Connection) {
        let candidates = self.open.joined().filter {
            $0.isLoggedIn && $0.client != connection.client && $0.process == connection.process && $0.unsentCount == 0
                && $0.stalledUntil < csim_now()
        }
        // What a previous connection sent may still be on its way, and then it is the one that spoke last.
        let isFresh = !self.connections.values.contains {
            $0.client == connection.client && $0.number != connection.number
                && $0.ended.map { $0 + 12_000_000_000 > csim_now() } ?? true
        }
        // What others sent just before may fill its queue, or have what follows wait for longer than it may.
        guard self.story.features.contains(.patience), isFresh, !candidates.isEmpty,
            self.ledger.pending(to: connection.client) < 65_536
        else { return }
        // Those that are near find the relay sooner after the login.
        for sender in candidates.sorted(by: { $0.path.latency < $1.path.latency }).prefix(3) {
            let packet = self.sendPacket(over: sender, to: connection.client, size: 62)
            self.welcomes.append(
                Welcome(
                    packet: packet,
                    sender: sender,
                    receiver: connection,
                    deadline: csim_now() + 8_000_000_000,
                    addressed: self.ledger.addressed[connection.client] ?? 0
                )
            )
        }
    }

    func checkWelcomes() {
        while let welcome = self.welcomes.first, welcome.deadline < csim_now() {
            self.welcomes.removeFirst()
            let (sender, receiver) = (welcome.sender, welcome.receiver)
            // Others may have filled its queue, or a second connection may have got the packet.
            guard sender.isLoggedIn, receiver.isLoggedIn, self.open[receiver.client].count == 1,
                [sender, receiver].allSatisfy({ $0.stalledUntil + 8_000_000_000 < welcome.deadline }),
                (self.ledger.addressed[receiver.client] ?? 0) <= welcome.addressed + 2,
                !self.ledger.hasCome(welcome.packet)
            else { continue }
            self.ledger.violated(
                "a packet of \(sender.client) to \(receiver.client) was lost, which had just logged in"
            )
        }
    }
}
