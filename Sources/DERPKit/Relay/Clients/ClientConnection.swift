import AsyncSockets

/// One client from its login to its end. The actor is pinned to the loop that serves its socket.
actor ClientConnection {
    nonisolated let relay: RelayLoop
    let context: RelayContext
    private let stream: TCPStream
    let outbox: Outbox
    let key: NodePublicKey
    let id: ClientID
    /// When the client connected, by its loop's clock.
    let start: UInt64
    let address: IPEndpoint
    private let flags: PeerPresence.Flags
    /// The state of a mesh peer. `nil` for an ordinary client.
    let meshPeer: MeshPeer?

    @exclusivity(unchecked) private var reader = FrameReader()
    /// The rates from which ``throttle`` was made.
    @exclusivity(unchecked) private var rates: RateTable?
    /// The rate with which the client was admitted. `nil`: the rate in ``rates`` counts.
    @exclusivity(unchecked) private var ownRate: RateLimits.Rate?
    /// Limits how fast the client is read to the rate at which it may send. `nil` when there is no limit.
    @exclusivity(unchecked) private var throttle: ReceiveThrottle?
    @exclusivity(unchecked) private var lastDestination: Destination?
    /// The clients to which packets were sent. They are told when this key leaves.
    @exclusivity(unchecked) private var contacts = BoundedSet<ClientID>(limit: PeerMemory.limit)
    @exclusivity(unchecked) var notHereNotices = EventLimiter(burst: 3, interval: 1_000_000_000)
    /// Why an admitted client is no longer admitted, or was sent away. It is told once everything that waits for it has
    /// been sent.
    @exclusivity(unchecked) private(set) var refusal: ClientRefusal?

    /// The destination of the last packet. Most of the time, the next packet goes there too.
    private struct Destination {
        let key: NodePublicKey
        let route: Route
        /// The client that was noted as a contact.
        var contact: ClientID?
    }

    /// Whether the client showed the mesh key.
    nonisolated var isMeshPeer: Bool { self.flags.contains(.meshPeer) }

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.relay.loop.asUnownedSerialExecutor() }

    /// Takes over a stream whose client has sent `login`. Must run on the relay's loop.
    ///
    /// - Parameters:
    ///   - address: The client's address, where proxies tell it. `nil`: the stream's address.
    ///   - isNotIdeal: Whether the client would prefer another node of the region.
    ///   - rate: How fast the client may send, as decided at its admission. `nil`: the relay's rates count.
    init(
        stream: TCPStream,
        address: IPEndpoint? = nil,
        login: DERPLogin,
        isNotIdeal: Bool = false,
        rate: RateLimits.Rate? = nil,
        relay: RelayLoop,
        context: RelayContext
    ) {
        self.stream = stream
        self.relay = relay
        self.context = context
        self.key = login.key
        self.start = stream.loop.now
        self.address = address ?? stream.peerAddress
        self.flags = PeerPresence.Flags(login, isNotIdeal: isNotIdeal)
        self.meshPeer = login.isMeshPeer ? MeshPeer() : nil
        let terms: Outbox.Terms = login.isMeshPeer ? .meshPeer : .client(of: relay)
        self.outbox = Outbox(stream: stream, relay: relay, terms: terms)
        self.ownRate = rate
        self.id = relay.add(self.outbox)
        self.outbox.client = self
    }

    /// Makes the client known, greets it, and handles what it has sent so far. Must be the first call, before
    /// ``run()``.
    ///
    /// - Parameters:
    ///   - greeting: The ServerInfo frame.
    ///   - early: The bytes that came right after the login.
    /// - Returns: Why the connection has already ended. `nil`: it goes on. The stream is still open.
    func open(greeting: [UInt8], early: [UInt8] = []) async -> CloseReason? {
        guard await self.register() else { return .timeout }
        self.stream.setDeadline(nil)
        self.relay.counters.logins += 1
        self.outbox.open(with: greeting)
        self.outbox.startKeepAlive(every: self.context.configuration.keepAliveInterval)
        guard early.withUnsafeBytes({ self.take($0) }) else {
            await self.leave()
            return .badFrame
        }
        self.adoptRates()
        self.throttle?.take(early.count)
        return nil
    }

    /// Serves the client until it leaves.
    ///
    /// - Returns: Why the connection ended. The stream is still open.
    func run() async -> CloseReason {
        let reason = await self.relayFrames()
        await self.leave()
        return reason
    }

    /// Calls ``open(greeting:early:)`` and ``run()``.
    func run(greeting: [UInt8]) async -> CloseReason {
        if let reason = await self.open(greeting: greeting) { return reason }
        return await self.run()
    }

    /// Makes the client known to every loop. Returns `false` when a stalled loop makes this take too long. The client
    /// doesn't wait for that loop then, and is forgotten as soon as the loop goes on.
    private func register() async -> Bool {
        let wait = LimitedWait(on: self.relay.loop, for: self.context.configuration.handshakeTimeout)
        // Runs on the loop from the start. Without the preference, the task would begin on the global pool.
        Task(executorPreference: self.relay.loop) { await self.register(ending: wait) }
        guard await !wait.wait() else { return true }
        self.close()
        return false
    }

    private func register(ending wait: LimitedWait) async {
        let client = LocalClient(id: self.id, address: self.address, flags: self.flags)
        await self.context.forwarder.register(client, key: self.key)
        wait.succeed()
        if wait.isInTime == false { await self.tellOfLeaving() }
    }

    /// Ends relaying for a client that is no longer admitted, or that is sent away. What waits for the client is sent
    /// first. A client that hasn't read it within 2 s is not told why the connection ends.
    func dismiss(for refusal: ClientRefusal, as reason: CloseReason = .refused) async {
        self.refusal = refusal
        self.outbox.closeWhenSent([], as: reason)
        try? await Task.sleep(for: Self.dismissalLimit)
        guard self.outbox.closeReason == nil else { return }
        self.refusal = nil
        self.outbox.abort(reason)
    }

    private static let dismissalLimit: Duration = .seconds(2)

    private func leave() async {
        // These are requests that it made before it broke a rule.
        await self.closePeers()
        self.relay.remove(self.id, key: self.key)
        // What this client sent must be on its way before anybody hears that it left: it is so in a later tick. And many
        // clients may leave at once. Much may wait for each of them, and thousands may have to be told.
        await self.relay.loop.waitInLine()
        self.close()
        await self.tellOfLeaving()
    }

    /// Closes the queue, so that nothing reaches the client from now on.
    private func close() {
        self.relay.remove(self.id, key: self.key)
        self.outbox.close()
        if self.outbox.isHome { self.relay.counters.homeClients -= 1 }
        self.outbox.isHome = false
    }

    private func tellOfLeaving() async {
        let isMoving = self.relay.isRetiring && self.outbox.isDismissed
        let listeners = await self.context.forwarder.unregister(
            self.id,
            key: self.key,
            contacts: self.contacts,
            isMoving: isMoving
        )
        // When the server stops, everybody leaves, and Restarting tells them so.
        guard !self.relay.isDraining, !isMoving else { return }
        for listener in listeners { self.relay.tell(listener, thatLeft: self.key) }
    }
}

// MARK: Reading

extension ClientConnection {
    /// How many bytes of one client are read, as they come from the network, before others get a turn.
    private static let budget: UInt64 = 64 * 1024
    /// The budget while so many clients send that turns come late. It is smaller, so that clients that send little, and
    /// are read at once, don't wait long.
    private static let budgetInCrowd: UInt64 = 16 * 1024

    /// Why reading doesn't go on at once.
    private enum Pause {
        /// There is nothing to read.
        case blocked
        /// The rate allows no more bytes yet.
        case throttled
        /// Others get a turn.
        case turnEnded
        /// A mesh peer wants clients closed.
        case asked
        /// These bytes came while another connection was getting the packets for the key.
        case inactive([UInt8])
        case ended(CloseReason)
    }

    /// Serves the client until the connection ends. Does nothing here but wait, so that little memory is kept for a
    /// silent client.
    private func relayFrames() async -> CloseReason {
        while true {
            await self.closePeers()
            switch self.readOn() {
            case .blocked: await self.stream.waitUntilReadable()
            case .throttled: await self.throttle?.wait()
            case .turnEnded:
                await self.relay.loop.waitInLine()
                if self.relay.isAhead { await self.waitForOtherLoops() }
            case .asked: await self.relay.loop.nextTick()
            case .inactive(let bytes): guard await self.takeAsActive(bytes) else { return .badFrame }
            case .ended(let reason): return reason
            }
        }
    }

    /// Returns when other loops have taken what was sent to them, or after ``longestWait``.
    private func waitForOtherLoops() async {
        let loop = self.relay.loop
        let end = loop.now + Self.longestWait
        while self.relay.isAhead, loop.now < end, self.stream.failure == nil, self.outbox.closeReason == nil {
            let timer = LoopTimer(on: loop) { [stream = self.stream] in stream.interrupt() }
            timer.schedule(at: loop.now + Self.lookInterval)
            await self.stream.waitUntilInterrupted()
            timer.cancel()
        }
    }

    /// How long a client is not read because other loops don't keep up, and the time between checks whether they do, in
    /// nanoseconds.
    private static let longestWait: UInt64 = 100_000_000
    private static let lookInterval: UInt64 = 1_000_000

    /// Reads and handles what is there, until something pauses it.
    private func readOn() -> Pause {
        let start = self.stream.receivedByteCount
        let budget = self.relay.loop.isCrowded ? Self.budgetInCrowd : Self.budget
        while self.stream.receivedByteCount - start < budget {
            if let reason = self.outbox.closeReason { return .ended(reason) }
            if self.rates !== self.relay.rates { self.adoptRates() }
            let allowance = self.throttle?.allowance ?? .max
            guard allowance > 0 || self.stream.failure != nil else {
                self.relay.counters.rateWaits += 1
                return .throttled
            }
            switch self.stream.receiveUnmetered(atMost: min(allowance, Int(budget))) {
            case .bytes(let bytes):
                self.throttle?.take(bytes.count)
                guard self.outbox.isActive || bytes.isEmpty else { return .inactive(Array(bytes)) }
                guard self.take(bytes) else { return .ended(.badFrame) }
                if let meshPeer = self.meshPeer, !meshPeer.closings.isEmpty { return .asked }
            case .wouldBlock:
                return .blocked
            case .closed:
                return .ended(.peer)
            case .failed:
                return .ended(self.stream.failure.map(CloseReason.init) ?? .peer)
            }
        }
        return .turnEnded
    }

    /// Takes over the rates that are in force.
    private func adoptRates() {
        let rates = self.relay.rates
        self.rates = rates
        let rate = self.meshPeer != nil ? .unlimited : self.ownRate ?? rates.limits.rate(for: self.key)
        guard rate != self.throttle?.rate ?? .unlimited else { return }
        self.throttle = rate.isUnlimited ? nil : ReceiveThrottle(rate, on: self.stream)
    }

    /// Sets a rate that counts for this client only. `nil`: the rate in the relay's rates counts.
    func setRate(_ rate: RateLimits.Rate?) {
        guard rate != self.ownRate else { return }
        self.ownRate = rate
        self.rates = nil
        // It may be waiting for tokens of the previous rate.
        self.stream.interrupt()
    }

    /// Makes this the connection that gets the packets for the key, because it has sent something. Handles `bytes`
    /// after that.
    private func takeAsActive(_ bytes: [UInt8]) async -> Bool {
        await self.context.forwarder.activate(self.id, key: self.key)
        return bytes.withUnsafeBytes { self.take($0) }
    }

    /// Handles the received bytes. Returns `false` when they break the protocol.
    private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        self.reader.read(
            bytes,
            judge: { self.judge($0) },
            body: { type, payload in
                switch type {
                case .sendPacket: self.sendPacket(payload)
                case .ping: self.ping(payload)
                case .notePreferred: self.notePreferred(payload)
                case .forwardPacket: self.forwardPacket(payload)
                case .watchConns: self.watch()
                case .closePeer: self.closePeer(payload)
                default: break
                }
                return true
            }
        )
    }

    @inline(__always)
    private func judge(_ header: FrameHeader) -> FrameReader.Verdict {
        let count = Int(header.payloadCount)
        switch header.type {
        case .sendPacket:
            return Self.sendPacketSizes.contains(count) ? .take : .refuse
        case .ping:
            return (PacketLimits.pingData...PacketLimits.ping).contains(count) ? .take : .refuse
        case .notePreferred:
            return count == 1 ? .take : .refuse
        case .forwardPacket, .watchConns, .closePeer:
            return self.judgePrivileged(header)
        default:
            // A frame of a known type may be no longer than that type allows. A frame of an unknown type may have any
            // length.
            if let limit = PacketLimits.misdirected(header.type), count > limit { return .refuse }
            self.relay.counters.unknownFrames += 1
            return .skip
        }
    }

    private static let sendPacketSizes = NodePublicKey.byteCount...NodePublicKey.byteCount + PacketLimits.packet

    private func ping(_ payload: UnsafeRawBufferPointer) {
        self.relay.counters.pings += 1
        self.outbox.append(pong: UnsafeRawBufferPointer(rebasing: payload.prefix(PacketLimits.pingData)))
    }

    private func notePreferred(_ payload: UnsafeRawBufferPointer) {
        let isHome = payload[0] != 0
        guard isHome != self.outbox.isHome else { return }
        self.outbox.isHome = isHome
        self.relay.counters.homeClients += isHome ? 1 : -1
        self.relay.counters.homeMoves += 1
    }
}

// MARK: Packets

extension ClientConnection {
    @inline(__always)
    private func sendPacket(_ payload: UnsafeRawBufferPointer) {
        let destination = NodePublicKey(unchecked: payload.baseAddress!)
        let packet = UnsafeRawBufferPointer(rebasing: payload[NodePublicKey.byteCount...])
        let kind: PacketKind = DiscoPacket.matches(packet) ? .disco : .other
        self.relay.counters.packetsReceived.count(kind)
        self.relay.counters.bytesReceived += UInt64(packet.count)

        guard let (route, target) = self.route(to: destination) else {
            self.unreachable(destination, kind, packet.count)
            return
        }
        if let outbox = route.outbox {
            outbox.append(packet, from: self.key, kind: kind)
        } else if route.isRemote {
            self.relay.forward(packet, from: self.key, to: destination, kind: kind, by: route, over: target)
        } else if Int(target.loop) != self.relay.loop.index {
            self.relay.forward(packet, from: self.key, kind: kind, to: target)
        } else {
            self.relay.counters.drop(.goneDisconnected, kind, byteCount: packet.count)
        }
    }

    /// Returns the route to a connected key, and notes its client as a contact.
    @inline(__always)
    private func route(to key: NodePublicKey) -> (Route, ClientID)? {
        if let last = self.lastDestination, last.key == key, let target = last.route.target, target == last.contact {
            return (last.route, target)
        }
        guard let route = self.relay.route(to: key), let target = route.target else { return nil }
        // A remote client is told by its own node.
        if !route.isRemote { self.contacts.insert(target) }
        self.lastDestination = Destination(key: key, route: route, contact: target)
        return (route, target)
    }

    private func unreachable(_ destination: NodePublicKey, _ kind: PacketKind, _ byteCount: Int) {
        self.relay.counters.drop(.unknownDestination, kind, byteCount: byteCount)
        self.tellNotHere(destination, kind)
    }

    /// Answers path discovery with the news that the key isn't here, at a limited rate.
    func tellNotHere(_ destination: NodePublicKey, _ kind: PacketKind) {
        // While another process takes over, clients that aren't here may be on their way there.
        guard kind == .disco, !self.relay.isRetiring, self.notHereNotices.take(now: self.relay.loop.now) else { return }
        self.relay.counters.peerGoneNotHere += 1
        self.outbox.append(control: Frame.peerGone(destination, .notHere))
    }
}
