import CSimulatedSystem
import Stories

// What limits a relay (docs/architecture.md, "What is bounded").
extension Simulation {
    /// How long a client may take nothing: the write timeout of 2 s, and pauses of threads.
    private static let longestClientBlock: UInt64 = 4_000_000_000
    /// How long one that is turned away may: the handshake timeout of 10 s, within which it is told, and pauses.
    private static let longestFarewell: UInt64 = 12_000_000_000
    /// How long anybody may, in nanoseconds: TCP's user timeout, and pauses.
    private static let longestBlock: UInt64 = 18_000_000_000

    /// Checked each second.
    func checkBounds() {
        for relay in self.relays {
            relay.processes.forEach { self.checkBounds(of: $0, relay) }
        }
        self.checkBlocks()
        self.checkDenied()
    }

    private func checkBlocks() {
        let now = csim_now()
        for client in self.open.indices where self.isDenied(client) { self.lastDenied[client] = now }
        for connection in self.connections.values where connection.isServed {
            let block = csim_peer_block(connection.number)
            guard block > Self.longestClientBlock else { continue }
            let isTurnedAway = self.lastDenied[connection.client].map { now - $0 < 2 * Self.longestFarewell } ?? false
            guard block > Self.longestFarewell || !isTurnedAway else { continue }
            self.ledger.violated(
                "client \(connection.client) took nothing of relay \(connection.relay) for \(block / 1_000_000) ms"
            )
        }
    }

    private func isDenied(_ client: Int) -> Bool {
        self.deniedSince[client] != nil || self.listedSince[client] != nil
            || self.controllerDenies[client] ?? nil != nil
    }

    private func checkBounds(of process: RelayProcess, _ relay: SimulatedRelay) {
        let block = csim_longest_block(process.number)
        if block > Self.longestBlock {
            self.ledger.violated("a connection of relay \(relay.index) took nothing for \(block / 1_000_000) ms")
        }
        let count = self.connections.values.count { $0.isServed && csim_peer_process($0.number) == process.number }
        let limit = Self.heldAtRest + Self.heldForEach * (count + self.relays.count * 2)
        let held = csim_held_bytes(process.number)
        if held > limit {
            self.ledger.violated("relay \(relay.index) holds \(held) bytes for \(count) connections")
        }
    }

    /// Tables and pools of blocks that were needed before, in bytes.
    private static let heldAtRest = 16 << 20
    /// The blocks of a client's queue and its control frames, what was read from it, and what it is being sent.
    private static let heldForEach = (192 + 16 + 256 + 2 * 64) << 10

    /// How long it may take until a relay knows that a client has lost power: the time between two KeepAlive frames, and
    /// TCP's user timeout.
    static let longestSilence: UInt64 = 85_000_000_000

    /// When everybody has left, nothing of them is left.
    func checkFarewell() throws {
        for client in self.open.indices {
            self.wants[client] = false
            for connection in self.open[client] { connection.close(breaking: client % 5 == 0) }
            self.open[client] = []
        }
        try self.pass(until: csim_now() + Self.longestSilence)
        for relay in self.relays {
            guard relay.processes.count == 1, let process = relay.process else {
                self.ledger.violated("relay \(relay.index) has \(relay.processes.count) processes at the end")
                continue
            }
            // Two for each loop, and one for its listener; a link to each other relay, and one from it; and one for who
            // wants to take over.
            var expected = 3 * SimulatedRelay.loops + 2 * (self.relays.count - 1) + 1
            if self.story.features.contains(.datagrams) { expected += SimulatedRelay.loops }
            let sockets = csim_open_socket_count(process.number)
            // It may be trying to reach the hostile node, or fetching a map.
            let spare = [StoryFeatures.hostileNodes, .maps].count { self.story.features.contains($0) }
            if !(expected...expected + spare).contains(Int(sockets)) {
                self.ledger.violated(
                    "relay \(relay.index) has \(sockets) sockets, not \(expected), after everybody left"
                )
            }
            let held = csim_held_bytes(process.number)
            if held > Self.heldAlone {
                self.ledger.violated("relay \(relay.index) holds \(held) bytes after everybody left")
            }
        }
    }

    /// What a relay without clients may hold, in bytes: tables that have grown, and a few blocks in each loop's pools.
    private static let heldAlone = 8 << 20
}
