import AsyncSockets

/// What one event loop knows of the relay: its clients, all routes, and its counters. Packets pass through this class
/// and ``Outbox``, without a lock and without an await.
// @unchecked: confined to `loop`, except for the constants and the mailbox, which locks.
final class RelayLoop: @unchecked Sendable {
    let loop: IOLoop
    /// Runs the work for connections that have not logged in. Clients' own work goes first.
    let strangers: BudgetedExecutor
    let writeTimeout: Duration?
    /// How long packets may wait for a client, in nanoseconds. `nil`: there is no limit.
    let queueDelayLimit: UInt64?

    @exclusivity(unchecked) private(set) var clients: ClientTable
    @exclusivity(unchecked) private(set) var routes = RouteTable()
    /// The clients to which clients of other nodes sent packets.
    @exclusivity(unchecked) var remoteContacts = RemoteContacts()
    @exclusivity(unchecked) var counters = RelayCounters()
    /// How fast clients may send. Connections compare it with the rates that they know when they read.
    @exclusivity(unchecked) private(set) var rates = RateTable(RateLimits())

    let dataPool: BufferPool
    let discoPool: BufferPool

    /// All open connections, of clients and others.
    @exclusivity(unchecked) private var streams: [ObjectIdentifier: TCPStream] = [:]
    /// The refused clients that are held.
    private(set) lazy var held = HeldClients(on: self)
    /// Whether no more clients are admitted.
    @exclusivity(unchecked) private(set) var isDraining = false
    /// Whether another process has taken over, to which clients are sent. A client that isn't here may be on its way
    /// there, and has not left.
    @exclusivity(unchecked) var isRetiring = false
    @exclusivity(unchecked) private var drained: UnsafeContinuation<Void, Never>?

    /// Room for what is sent at once to a client with a slow line, and one more frame.
    let scratch = UnsafeMutableRawBufferPointer.allocate(
        byteCount: SlowLine.slowUnsent + PacketFrame.overhead + PacketLimits.packet,
        alignment: 64
    )

    private let mailbox = RelayMailbox()
    /// All loops of the relay, including this one, by index.
    @exclusivity(unchecked) private var others: [RelayLoop] = []
    /// Frames for clients of other loops, by the loop's index, until the tick ends.
    @exclusivity(unchecked) private var outgoing: [PacketBatch] = []
    /// The clients for which something was queued in this tick.
    @exclusivity(unchecked) private var dirty: [Outbox] = []
    /// The clients that are being flushed as the tick ends. Empty at other times.
    @exclusivity(unchecked) private var flushing: [Outbox] = []
    @exclusivity(unchecked) private var awaitsTickEnd = false
    /// The number of packets that the loop knows of.
    @exclusivity(unchecked) private var notedPackets: UInt64 = 0
    /// The clients that take nothing now while packets wait for them.
    @exclusivity(unchecked) private var hoarders: [ObjectIdentifier: Outbox] = [:]

    /// Creates a relay's part on one loop.
    ///
    /// - Parameter queueMemory: The maximum size of the loop's queues, in bytes. At least one block of each kind is
    ///   available.
    init(loop: IOLoop, writeTimeout: Duration?, queueDelayLimit: Duration? = nil, queueMemory: Int) {
        self.loop = loop
        self.strangers = BudgetedExecutor(on: loop)
        self.writeTimeout = writeTimeout
        self.queueDelayLimit = queueDelayLimit?.nanoseconds
        self.clients = ClientTable(loop: loop.index)
        // Disco packets are small, so they get a ninth of the memory.
        let disco = queueMemory / 9
        self.dataPool = BufferPool(
            blockSize: Self.dataBlock,
            limit: max((queueMemory - disco) / Self.dataBlock, 1),
            on: loop
        )
        self.discoPool = BufferPool(blockSize: Self.discoBlock, limit: max(disco / Self.discoBlock, 1), on: loop)
    }

    deinit {
        self.scratch.deallocate()
    }

    /// The size of a client's data queue, in bytes: at least two of the largest packets with their headers.
    private static let dataBlock = 192 * 1024
    /// The size of a client's disco queue, in bytes.
    private static let discoBlock = 16 * 1024

    /// Makes the loops known to each other, before any of them serves.
    static func connect(_ relays: [RelayLoop]) {
        for relay in relays {
            relay.others = relays
            relay.outgoing = relays.map { _ in PacketBatch() }
        }
    }

    /// Breaks the cycle that ``connect(_:)`` made. From now on, packets for clients of other loops are dropped.
    func disconnect() {
        self.others = []
        self.outgoing = []
    }
}

// MARK: Clients

extension RelayLoop {
    func add(_ outbox: Outbox) -> ClientID {
        self.loop.assertCurrent()
        return self.clients.insert(outbox)
    }

    /// Forgets a client. Its key's route stays until the forwarder changes it, but leads nowhere.
    func remove(_ id: ClientID, key: NodePublicKey) {
        self.loop.assertCurrent()
        self.clients.remove(id)
        if self.routes[key]?.target == id { self.routes.set(key, to: id, outbox: nil) }
    }

    /// Forgets a link of the mesh. Routes lead to it until the forwarder changes them, but no further.
    func remove(link id: ClientID) {
        self.loop.assertCurrent()
        self.clients.remove(id)
    }
}

// MARK: Routes

extension RelayLoop {
    /// Returns the route of a key that is connected somewhere in the region.
    @inline(__always)
    func route(to key: NodePublicKey) -> Route? { self.routes[key] ?? self.firstRoute(to: key) }

    /// Returns the route of a key at another node to which no packet was sent before.
    @inline(never)
    private func firstRoute(to key: NodePublicKey) -> Route? {
        self.loop.assertCurrent()
        guard let target = self.routes.remoteLink(to: key) else { return nil }
        return self.routes.set(key, over: target, link: self.link(target))
    }

    private func setRemoteRoute(_ key: NodePublicKey, over target: ClientID) {
        if self.routes[key] == nil {
            self.routes.note(key, over: target)
        } else {
            self.routes.set(key, over: target, link: self.link(target))
        }
    }

    private func link(_ target: ClientID) -> Outbox? {
        Int(target.loop) == self.loop.index ? self.clients[target] : nil
    }
}

// MARK: Rates

extension RelayLoop {
    /// Changes the rates in force, also for connected clients.
    func setRates(_ rates: RateTable) {
        self.rates = rates
        // Clients that wait for tokens may have enough now.
        self.clients.forEach { $0.stream.interrupt() }
    }
}

// MARK: Memory

extension RelayLoop {
    /// Flushes the client's queue at the end of the tick.
    func willFlush(_ outbox: Outbox) {
        self.loop.assertCurrent()
        self.dirty.append(outbox)
        self.awaitTickEnd()
    }

    /// Notes whether packets wait for a client that takes nothing now.
    func setHoarding(_ outbox: Outbox, _ isHoarding: Bool) {
        self.loop.assertCurrent()
        self.hoarders[ObjectIdentifier(outbox)] = isHoarding ? outbox : nil
    }

    /// The size of the queues' memory, in bytes.
    var queuedByteCount: Int { self.dataPool.byteCount + self.discoPool.byteCount }

    /// Gets a block back for a pool that has lent all of them: first by sending what clients take at once, then from a
    /// client that takes nothing. Otherwise a few hundred clients that don't read would leave no memory to the others.
    func reclaim(_ pool: BufferPool) -> Bool {
        self.loop.assertCurrent()
        self.dirty.forEach { $0.flush() }
        while pool.isExhausted, let (_, hoarder) = self.hoarders.popFirst() { hoarder.surrender() }
        return !pool.isExhausted
    }
}

// MARK: Connections

extension RelayLoop {
    var openStreams: Int { self.streams.count + self.held.count }

    func opened(_ stream: TCPStream) {
        self.loop.assertCurrent()
        self.counters.accepts += 1
        self.streams[ObjectIdentifier(stream)] = stream
    }

    func ended(_ stream: TCPStream) {
        self.loop.assertCurrent()
        self.streams[ObjectIdentifier(stream)] = nil
        guard self.streams.isEmpty, let drained = self.drained else { return }
        self.drained = nil
        drained.resume()
    }

    /// Lets some of the held refused clients go, on all loops, because descriptors are short. Returns `false` when none
    /// is held.
    func sendHeldAway(_ pool: RefusalPool) -> Bool {
        self.loop.assertCurrent()
        guard pool.noteShortage(now: self.loop.now) else { return false }
        for relay in self.others { relay.leave(.giveWay(RefusalPool.step)) }
        return true
    }

    /// Ends every accepted connection. Clients are sent `farewell` after what is queued for them; what they haven't
    /// read within `time` is lost. Returns when all connections have ended.
    func drain(farewell: [UInt8], within time: Duration) async {
        self.loop.assertCurrent()
        self.isDraining = true
        self.held.closeAll()
        var others = self.streams
        self.clients.forEach { client in
            guard !client.terms.isLink else { return }
            others[ObjectIdentifier(client.stream)] = nil
            client.closeWhenSent(farewell)
        }
        others.values.forEach { $0.fail(Self.stopping) }
        guard !self.streams.isEmpty else { return }
        let timer = LoopTimer(on: self.loop) { [unowned self] in
            self.streams.values.forEach { $0.fail(Self.stopping) }
        }
        timer.schedule(at: self.loop.now + time.nanoseconds)
        await withUnsafeContinuation { drained in
            // The last one may have ended on the way here.
            guard !self.streams.isEmpty else { return drained.resume() }
            self.drained = drained
        }
        timer.cancel()
    }

    private static let stopping = SocketError(.closed, "the server stops")
}

// MARK: Packets

extension RelayLoop {
    /// Hands a packet over to a client of another loop, at the end of the tick.
    ///
    /// Inlined where it is used. As a call, it would begin each access to the batches again, at 270 instructions a
    /// packet.
    @inline(__always)
    func forward(
        _ packet: UnsafeRawBufferPointer,
        from source: NodePublicKey,
        kind: PacketKind,
        to target: ClientID
    ) {
        self.loop.assertCurrent()
        let index = Int(target.loop)
        guard index < self.outgoing.count else {
            self.counters.drop(.goneDisconnected, kind, byteCount: packet.count)
            return
        }
        self.awaitTickEnd()
        self.outgoing[index].append(packet, from: source, kind: kind, to: target)
        if self.outgoing[index].byteCount >= Self.largestBatch { self.handOver(to: index) }
    }

    /// Hands a packet over to the link by which `route` leads to another node, at once or at the end of the tick.
    func forward(
        _ packet: UnsafeRawBufferPointer,
        from source: NodePublicKey,
        to destination: NodePublicKey,
        kind: PacketKind,
        by route: Route,
        over target: ClientID
    ) {
        self.loop.assertCurrent()
        if let link = route.link {
            link.append(packet, from: source, to: destination, kind: kind)
            return
        }
        let index = Int(target.loop)
        guard index != self.loop.index, index < self.outgoing.count else {
            self.counters.drop(.goneDisconnected, kind, byteCount: packet.count)
            return
        }
        self.awaitTickEnd()
        self.outgoing[index].append(packet, from: source, to: destination, kind: kind, over: target)
        if self.outgoing[index].byteCount >= Self.largestBatch { self.handOver(to: index) }
    }

    /// Tells a client, on whichever loop, that a peer left. The notice comes after the last packet from that peer.
    func tell(_ target: ClientID, thatLeft peer: NodePublicKey) {
        self.loop.assertCurrent()
        let index = Int(target.loop)
        guard index != self.loop.index else {
            self.clients[target]?.append(peerGone: peer)
            return
        }
        guard index < self.outgoing.count else { return }
        self.awaitTickEnd()
        self.outgoing[index].append(peerGone: peer, to: target)
        if self.outgoing[index].byteCount >= Self.largestBatch { self.handOver(to: index) }
    }

    private static let largestBatch = 256 * 1024

    /// Whether so much waits for another loop that clients that send much should pause. Otherwise their packets to that
    /// loop would be dropped, along with those of others.
    var isAhead: Bool { self.others.contains { $0.mailbox.footprint > Self.muchMail } }

    private static let muchMail = 2 << 20

    private func awaitTickEnd() {
        guard !self.awaitsTickEnd else { return }
        self.awaitsTickEnd = true
        self.loop.atTickEnd(self)
    }

    private func handOver(to index: Int) {
        guard !self.outgoing[index].isEmpty else { return }
        let other = self.others[index]
        let batch = self.outgoing[index]
        let receipt = other.mailbox.leave(batch)
        guard receipt.isTaken else {
            self.refuse(batch, to: other)
            batch.removeAll()
            return
        }
        self.outgoing[index] = receipt.spare ?? PacketBatch()
        if receipt.isFirst { other.loop.notify(other) }
    }
}

extension RelayLoop {
    /// Drops the packets of a batch for which `other` has no room. Notices that peers have left are kept.
    private func refuse(_ batch: PacketBatch, to other: RelayLoop) {
        let notices = PacketBatch()
        batch.forEach(loop: UInt16(other.loop.index)) { target, content, frame in
            switch content {
            case .disco: self.counters.drop(.queueTail, .disco, byteCount: frame.count - PacketFrame.overhead)
            case .other: self.counters.drop(.queueTail, .other, byteCount: frame.count - PacketFrame.overhead)
            case .peerGone: notices.append(peerGone: NodePublicKey(unchecked: frame.baseAddress!), to: target)
            }
        }
        if !notices.isEmpty { other.leave(.frames(notices)) }
    }
}

extension RelayLoop: TickEndHandler {
    private func noteMessages() {
        let received = self.counters.packetsReceived.disco &+ self.counters.packetsReceived.other
        self.loop.note(messages: Int(received &- self.notedPackets))
        self.notedPackets = received
    }

    func tickEnded() {
        self.loop.assertCurrent()
        self.awaitsTickEnd = false
        self.noteMessages()
        for index in self.outgoing.indices { self.handOver(to: index) }
        swap(&self.dirty, &self.flushing)
        if self.flushing.count <= Self.smallCrowd {
            self.flushing.forEach { $0.tickEnded() }
        } else {
            self.flushCrowd()
        }
        self.flushing.removeAll(keepingCapacity: true)
    }

    /// Sends at once to clients that were sent nothing lately, and to the others in turn, in this tick and later ones.
    /// Otherwise clients that get little would wait each time until everybody has been sent what came in the tick.
    private func flushCrowd() {
        self.flushing.removeAll { outbox in
            guard outbox.isSparse else { return false }
            outbox.tickEnded()
            return true
        }
        let end = IOLoop.readClock() + Self.flushSlice
        var next = 0
        while next < self.flushing.count, next % 8 != 0 || next == 0 || IOLoop.readClock() < end {
            self.flushing[next].tickEnded()
            next += 1
        }
        guard next < self.flushing.count else { return }
        for outbox in self.flushing[next...] { outbox.putOff() }
        self.dirty.insert(contentsOf: self.flushing[next...], at: 0)
        // There must be a next tick, at whose end they are served.
        self.loop.notify(self)
    }

    /// Up to this number of clients, all are sent to at once.
    private static let smallCrowd = 64
    /// How long sending to the rest may take in a tick, in nanoseconds.
    private static let flushSlice: UInt64 = 1_000_000
}

// MARK: Mail

extension RelayLoop: MailHandler {
    /// Leaves mail for the loop. Can be called from any thread.
    nonisolated func leave(_ mail: RelayMail) {
        if self.mailbox.leave(mail) { self.loop.notify(self) }
    }

    func handleMail() {
        self.loop.assertCurrent()
        if !self.dirty.isEmpty { self.awaitTickEnd() }
        for mail in self.mailbox.takeAll() {
            switch mail {
            case .frames(let batch):
                self.deliver(batch)
                batch.removeAll()
                self.mailbox.giveBack(batch)
            case .route(let key, let target):
                self.routes.set(
                    key,
                    to: target,
                    outbox: Int(target.loop) == self.loop.index ? self.clients[target] : nil
                )
            case .remoteRoute(let key, let target):
                self.setRemoteRoute(key, over: target)
            case .routeRemoved(let key, let isMoving):
                self.routes.remove(key)
                if !isMoving { self.tellRemoteContacts(of: key) }
            case .activity(let client, let isActive):
                self.clients[client]?.isActive = isActive
            case .control(let client, let frames):
                self.clients[client]?.append(control: frames)
            case .close(let client):
                self.clients[client]?.abort(.closedByMesh)
            case .giveWay(let count):
                self.held.giveWay(count)
            case .evict(let seat, let stream, let cause):
                self.evict(seat, stream, cause)
            case .acknowledge(let acknowledgement):
                acknowledgement.acknowledge()
            }
        }
    }

    private func evict(_ seat: ConnectionSeat, _ stream: TCPStream, _ cause: ConnectionRefusal) {
        // It may have become a client, or have left.
        guard seat.giveWay() else { return }
        self.counters.connectionRefusals[cause] += 1
        stream.fail(SocketError(.closed, "others need its place"))
    }

    private func tellRemoteContacts(of key: NodePublicKey) {
        let listeners = self.remoteContacts.take(key)
        guard !self.isDraining else { return }
        for listener in listeners { self.tell(listener, thatLeft: key) }
    }

    private func deliver(_ batch: PacketBatch) {
        batch.forEach(loop: UInt16(self.loop.index)) { target, content, frame in
            let outbox = self.clients[target]
            switch content {
            case .peerGone: outbox?.append(peerGone: NodePublicKey(unchecked: frame.baseAddress!))
            case .disco: self.deliver(frame, .disco, to: outbox)
            case .other: self.deliver(frame, .other, to: outbox)
            }
        }
    }

    private func deliver(_ frame: UnsafeRawBufferPointer, _ kind: PacketKind, to outbox: Outbox?) {
        guard let outbox else {
            self.counters.drop(.goneDisconnected, kind, byteCount: frame.count - PacketFrame.overhead)
            return
        }
        outbox.append(frame: frame, kind: kind)
    }
}
