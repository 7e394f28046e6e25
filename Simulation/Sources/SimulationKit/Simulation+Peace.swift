import CSimulatedSystem
import DERPKit
import Stories

// What must be true when nothing is broken any more.
extension Simulation {
    /// Mends everything that was broken.
    func makePeace() throws {
        Self.setFaults(perMillion: 0, pauses: 0)
        self.faultsEnd = csim_now() + 10_000_000_000
        self.isPeace = true
        for one in self.relays.indices {
            for other in self.relays.indices { csim_heal(Address.relay(one), Address.relay(other)) }
            self.startRelay(one)
        }
        self.judge.state.withLock {
            $0.delay = .zero
            $0.isBroken = false
        }
        self.maps?.mood = .well
        csim_set_resolver(0, 0)
        self.controller?.mood = .well
        self.controllerDenies = [:]
        self.listedSince = Array(repeating: nil, count: self.story.clients)
        for kind in Story.FileKind.allCases { self.write(kind) }
        csim_stop_serving(Address.hostileNode, Address.port)
        for end in self.others.values where end is HostileNode || end is HostilePeer { end.close(breaking: true) }
        for client in self.deniedSince.indices where self.deniedSince[client] != nil {
            self.decide(client, isDenied: false)
        }
        for client in self.wants.indices { self.wants[client] = !self.retired.contains(client) }
        for client in self.open.indices {
            for connection in self.open[client] where connection.state == .held { connection.close() }
            self.open[client].removeAll { !$0.isOpen }
            if self.open[client].isEmpty, self.wants[client] { self.connect(client) }
        }
    }

    /// Everything works, and every packet is accounted for.
    func checkPeace() throws {
        for client in self.open.indices where self.wants[client] && !self.open[client].contains(where: \.isLoggedIn) {
            self.ledger.violated(
                "client \(client) isn't connected \(Self.recovery / 1_000_000_000) s after all faults ended"
            )
        }
        self.checkOwed()
        var proofs: [TestPacket] = []
        for client in self.open.indices {
            guard let connection = self.open[client].last(where: \.isLoggedIn) else { continue }
            for other in [client, (client + 1) % self.open.count, (client + self.open.count / 2) % self.open.count]
            where self.wants[other] && !self.isHaunted(other) {
                proofs.append(self.sendPacket(over: connection, to: other, size: 100))
            }
        }
        try self.pass(until: csim_now() + 5_000_000_000)
        for packet in proofs where !self.ledger.hasCome(packet) {
            self.ledger.violated(
                "a packet of \(packet.sender) to \(packet.receiver) didn't come after all faults ended"
            )
        }
        self.isMapSettled = true
        for relay in self.relays.indices { self.fetchMap(from: relay) }
        try self.checkDatagrams()
        try self.checkSpokenLast()
        try self.checkAbsent()
        try self.checkSlowLines()
        try self.checkVisitors()
        try self.checkCounts()
        try self.checkTakeovers()
        try self.checkFarewell()
    }

    /// Another process can take over from each relay, whatever that went through.
    private func checkTakeovers() throws {
        // A process that takes over fetches the map first.
        self.isMapSettled = false
        let before = self.relays.map { $0.process?.number }
        let moving = self.connectionsToMove()
        for index in self.relays.indices { self.takeOver(index) }
        // Some come just then.
        for client in self.open.indices where self.wants[client] && self.open[client].count == 1 {
            self.timers.after(csim_random() % 300_000_000) { if self.wants[client] { self.connect(client) } }
        }
        try self.pass(until: csim_now() + 5_000_000_000)
        for (relay, former) in zip(self.relays, before) where relay.process?.number == former {
            self.ledger.violated("nobody can take over from relay \(relay.index)")
        }
        self.checkRestarting(moving)
        let expected = SimulatedRelay.loops * (self.story.features.contains(.datagrams) ? 2 : 1)
        for (index, statistics) in try self.statistics() {
            let count = statistics.samples.first { $0.name == "derp_takeover_inherited_sockets" }?.value ?? 0
            if Int(count) != expected {
                self.ledger.violated("relay \(index) got \(count) sockets of \(expected) from the process before")
            }
        }
    }

    /// Whether a relay may take a client that has lost power for connected. It comes before connections to other relays.
    func isHaunted(_ client: Int) -> Bool {
        self.connections.values.contains {
            $0.client == client && $0.hasVanished && csim_now() - ($0.ended ?? 0) < Self.longestSilence
        }
    }

    /// Until when a relay may take a client for connected that left at `time`: it may have another connection, which has
    /// lost power.
    private func lastPresence(of client: Int, at time: UInt64) -> UInt64 {
        self.connections.values.reduce(time) {
            guard $1.client == client, $1.hasVanished, $1.opened < time, let end = $1.ended else { return $0 }
            return max($0, end + Self.longestSilence)
        }
    }

    /// Whoever received packets from a key that left was told.
    func checkOwed() {
        for client in self.open.indices {
            for connection in self.open[client] where connection.isLoggedIn {
                for (source, number) in connection.sources where connection.goneTimes[source] == nil {
                    guard let sender = self.connections[number], sender.relay == connection.relay,
                        sender.process == connection.process, let ended = sender.ended,
                        // The relay may not have noticed.
                        !self.isHaunted(source),
                        // It may have come back before it was gone.
                        !self.connections.values.contains(where: {
                            $0.client == source && $0.number != number
                                && ($0.loggedIn ?? $0.opened) < self.lastPresence(of: source, at: ended)
                                    + 15_000_000_000
                                && $0.ended.map { $0 > ended } ?? true
                        })
                    else { continue }
                    self.ledger.violated("client \(client) wasn't told that \(source) left at \(ended / 1_000_000) ms")
                }
            }
        }
    }

    /// What each relay's newest process counts.
    private func statistics() throws -> [(Int, RelayStatistics)] {
        final class Box: @unchecked Sendable { var values: [(Int, RelayStatistics)] = [] }
        let box = Box()
        for relay in self.relays {
            relay.process?.run { [index = relay.index] in box.values.append((index, await $0.statistics)) }
        }
        try self.pass(until: csim_now() + 2_000_000_000)
        if box.values.count != self.relays.filter(\.isUp).count {
            self.ledger.violated("a relay doesn't tell its statistics")
        }
        return box.values
    }

    /// What a relay received is what it sent on and what it dropped.
    func checkCounts() throws {
        for (index, statistics) in try self.statistics() {
            let packets = statistics.packets
            func forwarded(_ direction: String) -> UInt64 {
                let sample = statistics.samples.first {
                    $0.name == "derp_packets_forwarded_total" && $0.labels["direction"] == direction
                }
                return UInt64(sample?.value ?? 0)
            }
            let incoming = packets.received + forwarded("in")
            let outgoing = packets.sent + packets.dropped + forwarded("out")
            if incoming != outgoing {
                self.ledger.violated(
                    "relay \(index) took \(incoming) packets, but sent \(packets.sent), dropped \(packets.dropped) and "
                        + "forwarded \(forwarded("out"))"
                )
            }
            let keys = Set(self.open.joined().filter { $0.relay == index && $0.isLoggedIn }.map(\.client))
            // Links to other relays are clients too.
            if statistics.clients.connected < keys.count {
                self.ledger.violated("relay \(index) counts \(statistics.clients.connected) clients of \(keys.count)")
            }
        }
    }
}
