import AsyncSockets

/// What waits to be sent to one client: control frames first, then disco packets, then the other packets.
///
/// Not an actor: the connections of the loop append to it in place, and all frames of a tick leave together at its end.
/// Bounded: a full queue drops its oldest packets. Confined to the loop.
final class Outbox {
    let stream: TCPStream
    let relay: RelayLoop
    let terms: Terms

    /// The end of a frame whose beginning was sent.
    @exclusivity(unchecked) var remainder: [UInt8] = []
    /// Control frames, which are never dropped.
    @exclusivity(unchecked) var control: [UInt8] = []
    @exclusivity(unchecked) private var disco: FrameRing
    @exclusivity(unchecked) private var data: FrameRing
    /// The number of frames in `data` that are PeerGone, not packets.
    @exclusivity(unchecked) private var notices = 0
    /// The number of frames in `disco` that are PeerGone.
    @exclusivity(unchecked) private var discoNotices = 0
    /// Where a waiting Pong ends, counted in the bytes that are sent next. `nil`: none waits.
    @exclusivity(unchecked) var pongEnd: Int?
    @exclusivity(unchecked) private var isDirty = false
    // These are here because there is room for them.
    /// Whether there is a ``slow`` line. To look at the reference itself costs more.
    @exclusivity(unchecked) private(set) var isSlow = false
    /// How often in a row the client had taken everything when ``probe()`` looked.
    @exclusivity(unchecked) var probeCount: UInt8 = 0
    /// How many bytes are sent until it looks again.
    @exclusivity(unchecked) var untilProbe = Outbox.firstProbe
    /// The tick at whose end something was last sent, or had to wait.
    @exclusivity(unchecked) private var lastTick: UInt64 = 0
    /// Whether the loop knows that packets wait here and the client takes nothing.
    @exclusivity(unchecked) private var isListed = false
    /// When large frames were last sent while there was no ``slow`` line, in milliseconds by the loop's clock. It wraps.
    @exclusivity(unchecked) var lastLarge: UInt32 = 0

    /// Keys that left and of which the client was told. It is told once per key.
    @exclusivity(unchecked) private var told = BoundedSet<NodePublicKey>(limit: PeerMemory.limit)
    /// Why this end closed the connection, if it did.
    @exclusivity(unchecked) private(set) var closeReason: CloseReason?
    /// Why the connection ends as soon as nothing waits any more.
    @exclusivity(unchecked) var reasonToCloseWhenSent: CloseReason?
    /// Whether sending is held back, because the client has not been told yet that it is admitted.
    @exclusivity(unchecked) var isHeld = true

    /// Whether packets for the client's key come here, and not to another connection with the same key.
    @exclusivity(unchecked) var isActive = true

    /// The connection whose queue this is, until it closes. `nil` for a link of the mesh.
    @exclusivity(unchecked) var client: ClientConnection?
    /// Whether the client calls this region its home.
    @exclusivity(unchecked) var isHome = false

    /// What waits, and how it is sent, when the line takes less than comes. Then ``disco`` and ``data`` are empty.
    @exclusivity(unchecked) var slow: SlowLine? { didSet { self.isSlow = self.slow != nil } }

    @exclusivity(unchecked) private var keepAlive: LoopTimer?
    @exclusivity(unchecked) var stall: StallWatch?
    /// Waits until no control frames are left.
    @exclusivity(unchecked) var controlWaiter: UnsafeContinuation<Void, Never>?
    @exclusivity(unchecked) private var isClosed = false

    init(stream: TCPStream, relay: RelayLoop, terms: Terms) {
        self.stream = stream
        self.relay = relay
        self.terms = terms
        if terms.isLink {
            self.disco = FrameRing(pool: BufferPool(blockSize: Terms.linkDiscoBlock, limit: 1))
            self.data = FrameRing(pool: BufferPool(blockSize: Terms.linkDataBlock, limit: 1))
        } else {
            self.disco = FrameRing(pool: relay.discoPool)
            self.data = FrameRing(pool: relay.dataPool)
        }
        stream.writeHandler = self
    }

    /// Sends KeepAlive every `interval`. A random time of up to 5 s is added, drawn once for the connection.
    func startKeepAlive(every interval: Duration) {
        self.relay.loop.assertCurrent()
        let period = interval.nanoseconds + UInt64.random(in: 0...5_000_000_000)
        let timer = LoopTimer(on: self.relay.loop) { [unowned self] in
            self.relay.counters.keepAlives += 1
            self.append(control: Frame.keepAlive)
            self.keepAlive?.schedule(at: self.relay.loop.now + period)
        }
        self.keepAlive = timer
        timer.schedule(at: self.relay.loop.now + period)
    }

    /// Closes the queue, and counts what is still in it as dropped.
    func close() {
        self.relay.loop.assertCurrent()
        self.isClosed = true
        self.client = nil
        self.keepAlive?.cancel()
        self.keepAlive = nil
        self.stall = nil
        self.list(false)
        self.stream.writeHandler = nil
        let isBroken = self.closeReason == .writeTimeout || self.closeReason == .tooSlow || self.stream.failure != nil
        let reason: DropReason = isBroken ? .writeError : .goneDisconnected
        self.slow?.queue.removeAll(as: reason, &self.relay.counters)
        self.slow = nil
        self.dropAll(.disco, as: reason)
        self.dropAll(.data, as: reason)
        self.control = []
        self.remainder = []
        self.resumeControlWaiter()
    }

    /// Sends `greeting`, and from then on what is queued. Frames may have been queued before.
    func open(with greeting: [UInt8]) {
        self.relay.loop.assertCurrent()
        self.isHeld = false
        self.control.insert(contentsOf: greeting, at: 0)
        self.markDirty()
    }

    /// Ends the connection for `reason`.
    func abort(_ reason: CloseReason) {
        self.relay.loop.assertCurrent()
        guard self.closeReason == nil else { return }
        self.closeReason = reason
        self.stream.interrupt()
    }

    /// Whether this end sends the client away because the server stops.
    var isDismissed: Bool { self.reasonToCloseWhenSent == .shutdown }

    /// Ends the connection for `reason`, once everything that is queued now, and `farewell`, has been sent.
    func closeWhenSent(_ farewell: [UInt8], as reason: CloseReason = .shutdown) {
        self.reasonToCloseWhenSent = reason
        self.append(control: farewell)
    }
}

// MARK: Appending

extension Outbox {
    /// Queues a packet from `source` as a RecvPacket frame.
    @inline(__always)
    func append(_ packet: UnsafeRawBufferPointer, from source: NodePublicKey, kind: PacketKind) {
        if self.isSlow { return self.appendSlow(packet, from: source, kind: kind) }
        let size = FrameHeader.byteCount + NodePublicKey.byteCount + packet.count
        guard let frame = self.reserve(size, kind) else { return }
        PacketFrame.store(packet, from: source, at: frame)
        self.packetAppended()
    }

    /// Queues a packet from `source` as a ForwardPacket frame, for the node that has `destination`.
    func append(
        _ packet: UnsafeRawBufferPointer,
        from source: NodePublicKey,
        to destination: NodePublicKey,
        kind: PacketKind
    ) {
        // Routes lead to a broken link until the forwarder has changed them.
        guard !self.isClosed else {
            self.relay.counters.drop(.goneDisconnected, kind, byteCount: packet.count)
            return
        }
        guard let frame = self.reserve(PacketFrame.forwardOverhead + packet.count, kind) else { return }
        PacketFrame.store(packet, from: source, to: destination, at: frame)
        self.packetAppended()
    }

    /// Queues a frame with a packet that another loop made.
    func append(frame: UnsafeRawBufferPointer, kind: PacketKind) {
        if self.isSlow { return self.appendSlow(frame: frame, kind: kind) }
        guard let memory = self.reserve(frame.count, kind), let base = frame.baseAddress else { return }
        memory.copyMemory(from: base, byteCount: frame.count)
        self.packetAppended()
    }

    @inline(__always)
    private func reserve(_ size: Int, _ kind: PacketKind) -> UnsafeMutableRawPointer? {
        self.relay.loop.assertCurrent()
        if kind == .other || size > Self.largestDisco {
            if let memory = self.data.reserve(size) ?? self.makeRoom(size, .data) { return memory }
        } else {
            if let memory = self.disco.reserve(size) ?? self.makeRoom(size, .disco) { return memory }
        }
        self.relay.counters.drop(.queueTail, kind, byteCount: size - self.terms.packetOverhead)
        return nil
    }

    /// Disco packets above this size, in bytes, queue with the other packets.
    static let largestDisco = 2048

    /// The two rings. Not key paths: the compiler may leave them to the runtime, at 2,000 instructions a packet.
    private enum Ring {
        case disco, data
    }

    private func first(of ring: Ring) -> UnsafeRawBufferPointer? {
        ring == .disco ? self.disco.first : self.data.first
    }

    private func removeFirst(of ring: Ring) {
        if ring == .disco { self.disco.removeFirst() } else { self.data.removeFirst() }
    }

    private func reserve(_ size: Int, in ring: Ring) -> UnsafeMutableRawPointer? {
        ring == .disco ? self.disco.reserve(size) : self.data.reserve(size)
    }

    private func pool(of ring: Ring) -> BufferPool { ring == .disco ? self.disco.pool : self.data.pool }

    /// Drops the oldest frames until `size` bytes fit. Returns `nil` when the loop's queues have no memory left.
    private func makeRoom(
        _ size: Int,
        _ ring: Ring
    ) -> UnsafeMutableRawPointer? {
        while self.dropOldest(ring) {
            if let memory = self.reserve(size, in: ring) { return memory }
        }
        // Only a client that takes what it is sent may get memory that others wait for, because it gives it back soon.
        guard !self.stream.isWriteBlocked, !self.isHeld, self.relay.reclaim(self.pool(of: ring)) else {
            return nil
        }
        return self.reserve(size, in: ring)
    }

    /// Whether frames other than control frames wait, apart from those of a slow line.
    var hasFrames: Bool { !self.data.isEmpty || !self.disco.isEmpty }

    /// Takes all these frames, disco packets first.
    func takeFrames(_ body: (UnsafeRawBufferPointer) -> Void) {
        while let frame = self.disco.first {
            body(frame)
            self.disco.removeFirst()
        }
        while let frame = self.data.first {
            body(frame)
            self.data.removeFirst()
        }
        self.notices = 0
        self.discoNotices = 0
    }

    /// Drops all packets, and forgets the notices among them.
    private func dropAll(_ ring: Ring, as reason: DropReason) {
        while let frame = self.first(of: ring) {
            if let packet = PacketFrame(frame) {
                self.relay.counters.drop(reason, packet.kind, byteCount: packet.packetCount)
            }
            self.removeFirst(of: ring)
        }
    }

    /// Drops the oldest frame. Returns whether there was one.
    private func dropOldest(_ ring: Ring) -> Bool {
        guard let oldest = self.first(of: ring) else { return false }
        if let packet = PacketFrame(oldest) {
            self.relay.counters.drop(.queueHead, packet.kind, byteCount: packet.packetCount)
        } else {
            self.countNotice(in: ring, -1)
            let notice = Array(oldest)
            self.removeFirst(of: ring)
            self.requeue(notice, from: ring)
            return true
        }
        self.removeFirst(of: ring)
        return true
    }

    /// Queues a PeerGone again that reached the head of its ring: all packets before it are gone there, so it may
    /// overtake the rest. It comes after the disco packets, of which some may be from the peer that left.
    private func requeue(_ notice: [UInt8], from ring: Ring) {
        while ring == .data, !self.disco.isEmpty {
            if let memory = self.disco.reserve(notice.count) {
                notice.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
                self.discoNotices += 1
                return
            }
            _ = self.dropOldest(.disco)
        }
        self.control.append(contentsOf: notice)
    }

    private func countNotice(in ring: Ring, _ change: Int) {
        if ring == .data { self.notices += change } else { self.discoNotices += change }
    }

    /// Drops all packets, so that others get the memory.
    func surrender() {
        self.relay.loop.assertCurrent()
        self.isListed = false
        if let slow = self.slow { self.surrenderSlow(slow) }
        while self.dropOldest(.disco) {}
        while self.dropOldest(.data) {}
    }

    func list(_ isListed: Bool) {
        // A link has its own memory, so others gain nothing from what it drops.
        guard self.isListed != isListed, !self.terms.isLink else { return }
        self.isListed = isListed
        self.relay.setHoarding(self, isListed)
    }

    @inline(__always)
    private func packetAppended() {
        if !self.isDirty { self.markDirty() }
        // The frames are sent while they are still in the cache, and before a burst overflows the queue.
        if self.stream.isWriteBlocked {
            self.list(true)
        } else if self.data.byteCount >= Self.flushThreshold {
            self.flush()
        }
    }

    private static let flushThreshold = 64 * 1024

    /// Queues control frames, ahead of packets.
    func append(control frames: [UInt8]) {
        self.relay.loop.assertCurrent()
        self.control.append(contentsOf: frames)
        if self.control.count > self.terms.controlLimit { self.abort(.tooSlow) }
        self.markDirty()
    }

    var hasControl: Bool { !self.control.isEmpty || !self.remainder.isEmpty }

    /// Returns when all control frames have been sent, or the queue is closed. At most one caller may wait.
    func waitUntilControlIsSent(isolation: isolated (any Actor)? = #isolation) async {
        self.relay.loop.assertCurrent()
        guard self.hasControl, !self.isClosed else { return }
        await withUnsafeContinuation { waiter in
            // They may have been sent on the way here.
            guard self.hasControl, !self.isClosed else { return waiter.resume() }
            self.controlWaiter = waiter
        }
    }

    func resumeControlWaiter() {
        guard let waiter = self.controlWaiter else { return }
        self.controlWaiter = nil
        waiter.resume()
    }

    /// Queues a Pong, unless one is already waiting.
    func append(pong data: UnsafeRawBufferPointer) {
        guard self.pongEnd == nil else { return }
        self.relay.counters.pongs += 1
        self.append(control: Frame.encode(.pong, data))
        self.pongEnd = self.remainder.count + self.control.count
    }

    /// Tells the client that `peer` left: once per key, and after the last packet from `peer`.
    func append(peerGone peer: NodePublicKey) {
        self.relay.loop.assertCurrent()
        guard self.told.insert(peer) else { return }
        self.relay.counters.peerGoneDisconnected += 1
        let frame = Frame.peerGone(peer, .disconnected)
        if let slow = self.slow {
            if !self.appendSlow(slow, peerGone: frame, from: peer) { self.append(control: frame) }
            return self.markDirty()
        }
        // Without waiting packets, the notice needs no place behind them.
        guard !self.data.isEmpty || !self.disco.isEmpty,
            let memory = self.data.reserve(frame.count) ?? self.makeRoom(frame.count, .data)
        else {
            self.append(control: frame)
            return
        }
        frame.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        self.notices += 1
        self.markDirty()
    }

    /// Whether nothing was sent for some ticks. Such a client is served before those that get something all the time.
    var isSparse: Bool { self.relay.loop.tickNumber &- self.lastTick > 2 }

    /// Notes that what is queued waits for a later tick.
    func putOff() { self.lastTick = self.relay.loop.tickNumber }

    func markDirty() {
        guard !self.isDirty else { return }
        self.isDirty = true
        self.relay.willFlush(self)
    }
}

// MARK: Sending

extension Outbox: StreamWriteHandler {
    /// Sends the frames of the tick, which are complete now.
    func tickEnded() {
        self.isDirty = false
        self.lastTick = self.relay.loop.tickNumber
        self.flush()
    }

    func streamChanged() {
        guard self.stream.failure == nil else { return }
        self.flush()
    }

    func flush() {
        self.relay.loop.assertCurrent()
        if self.isSlow { return self.flushSlow() }
        while !self.isSlow, !self.isHeld, self.closeReason == nil, !self.stream.isWriteBlocked,
            self.stream.failure == nil
        {
            let frames = self.data.count + self.disco.count
            let (sent, total) = self.sendOnce()
            guard total > 0 else {
                if let reason = self.reasonToCloseWhenSent { self.abort(reason) }
                break
            }
            if total > max(frames, 1) * FairQueue.ordinaryFrame { self.noteLargeFrames() }
            self.forget(sent, of: total)
            self.untilProbe &-= Int32(truncatingIfNeeded: sent)
            if self.untilProbe < 0 { self.probe() }
        }
        if self.stream.isWriteBlocked, let limit = self.delayLimit { self.becomeSlow(limit) }
        if self.isSlow { return self.flushSlow() }
        if self.stream.isWriteBlocked {
            self.watchStall()
            self.list(!self.data.isEmpty || !self.disco.isEmpty)
        } else {
            self.stall = nil
            self.list(false)
        }
        if self.controlWaiter != nil, !self.hasControl { self.resumeControlWaiter() }
    }

    /// Offers everything to the stream. Returns how many bytes it took, and how many there were.
    private func sendOnce() -> (sent: Int, total: Int) {
        let data = self.data.pieces
        if data.1.isEmpty, self.disco.isEmpty, self.control.isEmpty, self.remainder.isEmpty {
            guard !data.0.isEmpty else { return (0, 0) }
            return (self.stream.send(data.0), data.0.count)
        }
        let disco = self.disco.pieces
        return self.remainder.withUnsafeBytes { remainder in
            self.control.withUnsafeBytes { control in
                withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: 6) { pieces in
                    var count = 0
                    for piece in [remainder, control, disco.0, disco.1, data.0, data.1] where !piece.isEmpty {
                        pieces[count] = piece
                        count += 1
                    }
                    guard count > 0 else { return (0, 0) }
                    let offered = UnsafeBufferPointer(rebasing: pieces[..<count])
                    return (self.stream.send(offered), offered.reduce(0) { $0 + $1.count })
                }
            }
        }
    }

    /// Removes the first `sent` bytes. If they end within a frame, the rest of that frame is kept, and is sent before
    /// everything else.
    private func forget(_ sent: Int, of total: Int) {
        if sent == total {
            self.countAll()
            self.remainder = []
            self.control = []
            self.pongEnd = nil
            self.disco.removeAll()
            self.data.removeAll()
            self.notices = 0
            self.discoNotices = 0
            return
        }
        if let end = self.pongEnd { self.pongEnd = sent < end ? end - sent : nil }
        var left = sent
        guard left >= self.remainder.count else {
            self.remainder.removeFirst(left)
            return
        }
        left -= self.remainder.count
        self.remainder = []
        if left < self.control.count {
            self.remainder = Array(self.control[left...])
            left = 0
        } else {
            left -= self.control.count
        }
        self.control = []
        self.forget(&left, .disco)
        self.forget(&left, .data)
    }

    /// Counts all queued packets as sent.
    private func countAll() {
        let notices = self.notices + self.discoNotices
        let packets = self.data.count + self.disco.count - notices
        let frameBytes = self.data.byteCount + self.disco.byteCount - notices * Frame.peerGoneCount
        self.count(packets, byteCount: frameBytes - packets * self.terms.packetOverhead)
    }

    private func count(_ packets: Int, byteCount: Int) {
        if self.terms.isLink {
            self.relay.counters.packetsForwardedOut += UInt64(packets)
            self.relay.counters.bytesForwardedOut += UInt64(byteCount)
        } else {
            self.relay.counters.packetsSent += UInt64(packets)
            self.relay.counters.bytesSent += UInt64(byteCount)
        }
    }

    private func forget(_ left: inout Int, _ ring: Ring) {
        while left > 0, let frame = self.first(of: ring) {
            if left < frame.count { self.remainder = Array(frame[left...]) }
            left -= min(left, frame.count)
            if let packet = PacketFrame(frame) {
                self.count(1, byteCount: packet.packetCount)
            } else {
                self.countNotice(in: ring, -1)
            }
            self.removeFirst(of: ring)
        }
    }

    func watchStall() {
        guard self.stall == nil, let timeout = self.terms.writeTimeout else { return }
        self.stall = StallWatch(stream: self.stream, timeout: timeout) { [unowned self] in self.abort(.writeTimeout) }
    }
}
