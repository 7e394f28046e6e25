import CSimulatedSystem
import Stories

// What the scripted clients do, and the rules that show in what they receive.
extension Simulation {
    func connect(_ client: Int, to chosen: Int? = nil) {
        var chance = Seeded(csim_random())
        // Most of them stay with one relay.
        let index = Int.random(in: 0..<4, using: &chance) > 0 ? client : Int.random(in: 0..<1000, using: &chance)
        let relay = self.relays[chosen ?? index % self.relays.count]
        let path = csim_path(
            latency: UInt64.random(in: 500_000...80_000_000, using: &chance),
            window: [16_384, 65_536, 262_144].randomElement(using: &chance) ?? 65_536,
            rate: [0, 0, 200_000, 2_000_000].randomElement(using: &chance) ?? 0
        )
        let connection = Connection(
            client: client,
            from: Address.client(client),
            to: relay,
            path: path,
            byWebSocket: self.story.features.contains(.webSockets) && client % 4 == 1,
            after: self.connections.values.lazy.filter { $0.client == client }.map { $0.ended ?? .max }.max() ?? 0
        )
        self.connections[connection.number] = connection
        self.open[client].append(connection)
    }

    func retryLater(_ client: Int) {
        guard self.wants[client] else { return }
        let isLate = csim_random() % 4 == 0
        let delay = isLate ? 16_000_000_000 + csim_random() % 6_000_000_000 : 200_000_000 + csim_random() % 800_000_000
        self.timers.after(delay) {
            if self.wants[client], self.open[client].isEmpty { self.connect(client) }
        }
    }

    func connected(_ connection: Connection) {
        connection.state = .upgrading
        guard connection.webSocket == nil else { return connection.send(Array(WebSocketCoder.request.utf8)) }
        let fast = connection.number % 2 == 0 ? "Derp-Fast-Start: 1\r\n" : ""
        connection.send(
            Array("GET /derp HTTP/1.1\r\nHost: relay\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\(fast)\r\n".utf8)
        )
    }

    func refused(_ connection: Connection) {
        if let since = self.relays[connection.relay].servesSince, since < connection.opened {
            self.ledger.violated("client \(connection.client) found nobody listening at relay \(connection.relay)")
        }
        self.lost(connection)
    }

    /// The relay broke a connection. It answers first.
    func broken(_ connection: Connection) {
        if connection.state == .connecting || connection.state == .upgrading, !self.areFaultsOn,
            let since = self.relays[connection.relay].servesSince, since < connection.opened
        {
            self.ledger.violated(
                "client \(connection.client) was cut off by relay \(connection.relay), without an answer"
            )
        }
        self.lost(connection)
    }

    func lost(_ connection: Connection) {
        if connection.isOpen { self.log.add("client \(connection.client)/\(connection.number) lost") }
        connection.noteEnd()
        self.open[connection.client].removeAll { $0 === connection }
        if self.open[connection.client].isEmpty { self.retryLater(connection.client) }
    }

    func readable(_ connection: Connection) {
        guard connection.isOpen else { return }
        connection.receive()
        connection.flush()
        if connection.state == .upgrading, connection.number % 2 != 0 || connection.webSocket != nil {
            guard let end = connection.received.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
            guard connection.received.starts(with: Array("HTTP/1.1 101 ".utf8)) else {
                connection.close()
                self.lost(connection)
                return
            }
            connection.received.removeSubrange(..<end.upperBound)
            connection.unwrap()
        }
        if connection.state == .upgrading { connection.state = .greeted }
        var start = 0
        while connection.isOpen, let frame = WireFrame.take(from: connection.received, at: &start) {
            self.handle(frame, over: connection)
        }
        if connection.isOpen { connection.received.removeSubrange(..<start) }
    }

    func handle(_ frame: WireFrame, over connection: Connection) {
        switch frame.kind {
        case .serverKey:
            connection.say(self.keys[connection.client].clientInfo(for: Array(frame.payload.suffix(32))))
        case .serverInfo:
            connection.noteLogin()
            self.log.add(
                "client \(connection.client)/\(connection.number) logged in to "
                    + "process \(connection.process) of relay \(connection.relay)"
            )
            self.logins += 1
            self.welcome(connection)
            self.checkAdmitted(connection)
        case .receivedPacket:
            if frame.payload.count >= 32, self.hostileKeys.has(Array(frame.payload[..<32])) { return }
            guard connection.isLoggedIn, frame.payload.count >= 32, let packet = TestPacket(frame.payload[32...]) else {
                self.ledger.violated("client \(connection.client) received a packet that nobody sent")
                return
            }
            let source = self.indices[Array(frame.payload[..<32])]
            self.log.add("client \(connection.client)/\(connection.number) gets \(packet)")
            // Each of several nodes that have the key is right.
            let isSingle = self.connections.values.allSatisfy {
                let rest = $0.hasVanished ? Self.longestSilence : 12_000_000_000
                return $0.client != connection.client || $0.process == connection.process || $0.process == 0
                    || $0.ended.map { $0 + rest < csim_now() } ?? false
            }
            self.ledger.came(packet, over: connection, from: source, isSingle: isSingle) { self.connections[$0] }
        case .peerGone: self.hearGone(frame, over: connection)
        // It is refused, and held.
        case .health:
            guard !frame.payload.isEmpty else { return }
            connection.state = .held
            guard self.isPeace else { return }
            connection.close()
            self.lost(connection)
        case .restarting: self.hearRestarting(frame, over: connection)
        case .ping: connection.say(WireFrame(.pong, frame.payload).encoded)
        default: break
        }
    }

    /// Whether another process serves in the place of the connection's.
    func isSucceeded(_ connection: Connection) -> Bool {
        self.relays[connection.relay].process.map { $0.isServing && $0.number > connection.process } ?? false
    }

    /// Whether a client was sent away just now, has not been seen since, and was nowhere else before, so that what `view`
    /// is told can't be old news, nor news of another node.
    private func isMoving(_ peer: Int, in view: Connection) -> Bool {
        let oldest = csim_now() > Self.longestSilence ? csim_now() - Self.longestSilence : 0
        let connections = self.connections.values.filter { $0.client == peer && ($0.ended ?? .max) > oldest }
        guard connections.count == 1, let last = connections.first, last.wasSentAway, last.process == view.process,
            let ended = last.ended
        else { return false }
        return csim_now() - ended < 3_000_000_000
    }

    /// PeerGone comes once, and only for a key that really left.
    func checkGone(_ peer: Int, _ connection: Connection) {
        if connection.goneTimes[peer] != nil {
            self.ledger.violated("client \(connection.client) was told twice that \(peer) left")
        }
        if self.isMoving(peer, in: connection), !self.isHaunted(peer) {
            self.ledger.violated("client \(connection.client) was told that \(peer) left, which was only sent away")
        }
        // One that was denied may not know it yet.
        guard self.lastDenials[peer].map({ csim_now() - $0 > 10_000_000_000 }) ?? true else { return }
        for other in self.open[peer] where other.isLoggedIn && other.process == connection.process {
            // The news may be old, but not older than the connection that brings them.
            guard let since = other.loggedIn, since < connection.opened else { continue }
            // The relay may be about to close it.
            self.suspicions.append(
                (
                    csim_now() + 3_000_000_000,
                    "client \(connection.client) was told that \(peer) left, but it is there", other
                )
            )
        }
        if self.ledger.wrote[peer]?.contains(connection.client) != true {
            self.ledger.violated("client \(connection.client) was told that \(peer) left, which never wrote to it")
        }
    }

    func send(from sender: Int, to receiver: Int, count: Int, size: Int, isDisco: Bool) {
        guard let connection = self.open[sender].last(where: \.isLoggedIn), connection.unsentCount < 1 << 20 else {
            return
        }
        for _ in 0..<count {
            self.sendPacket(over: connection, to: receiver, size: isDisco ? min(size, 1400) : size, isDisco: isDisco)
        }
    }

    /// Writes to some whom the client wrote to before. Its end comes with these packets, and must not overtake them.
    func sayLastWords(_ client: Int) {
        guard let connection = self.open[client].last(where: \.isLoggedIn), connection.unsentCount == 0 else { return }
        for receiver in self.ledger.wrote[client, default: []].sorted().suffix(4) {
            self.sendPacket(over: connection, to: receiver, size: 100)
        }
    }

    @discardableResult
    func sendPacket(over connection: Connection, to receiver: Int, size: Int, isDisco: Bool = false) -> TestPacket {
        let packet = self.ledger.packet(from: connection, to: receiver, size: size, isDisco: isDisco)
        if isDisco { connection.sought.insert(receiver) }
        connection.say(WireFrame(.sendPacket, self.keys[receiver].publicKey + packet.encoded(size: size)).encoded)
        return packet
    }
}
