import AsyncSockets

// Clients whose line takes less than what is sent to them (docs/performance.md).
extension Outbox {
    /// Looks whether the client takes what it is sent: often at first, and later less and less often for as long as it
    /// does.
    func probe() {
        guard let limit = self.delayLimit, let state = self.stream.sendingState else {
            self.untilProbe = .max
            return
        }
        if state.unsentByteCount >= SlowLine.unsentLimit(at: state.deliveryRate, window: state.windowByteCount) {
            self.becomeSlow(limit)
        } else if state.unsentByteCount > 0 {
            self.probeCount = 0
        } else if self.probeCount < Self.mostProbes {
            self.probeCount += 1
        }
        // From 4 KiB to 1 MiB: twice as much after every eighth probe.
        self.untilProbe = Self.firstProbe << Int32(self.probeCount / 8)
    }

    /// The number of bytes between two looks at first.
    static let firstProbe: Int32 = 4096
    static let mostProbes: UInt8 = 64
    /// How long packets may wait for the client, in nanoseconds. `nil`: there is no limit.
    var delayLimit: UInt64? { self.terms.isClient ? self.relay.queueDelayLimit : nil }

    /// Moves what waits into a queue that knows its senders and how long it has waited.
    func becomeSlow(_ limit: UInt64) {
        guard self.slow == nil else { return }
        let slow = SlowLine(stream: self.stream, pool: self.relay.dataPool, delayLimit: limit)
        guard !self.hasFrames || !self.relay.dataPool.isExhausted else { return }
        self.slow = slow
        // The kernel may be told to take more. Then it says that it does.
        _ = slow.room()
        // What comes now may wait behind a large frame that the kernel has.
        if self.lastLarge != 0, self.milliseconds &- self.lastLarge < Self.largeFrameMemory {
            slow.queue.occupy(by: nil, from: self.relay.loop.now, for: slow.longestTime(for: Self.mostUnsent))
        }
        self.takeFrames { frame in
            let key = NodePublicKey(unchecked: frame.baseAddress! + FrameHeader.byteCount)
            let content: PacketBatch.Content =
                PacketFrame(frame).map { $0.kind == .disco ? .disco : .other } ?? .peerGone
            self.appendSlow(slow, frame, Self.nothing, from: key, content)
        }
    }

    /// Notes that frames were sent that are larger than ordinary ones.
    @inline(never)
    func noteLargeFrames() { self.lastLarge = max(self.milliseconds, 1) }

    private var milliseconds: UInt32 { UInt32(truncatingIfNeeded: self.relay.loop.now / 1_000_000) }

    /// How long ago large frames may have been sent, in milliseconds.
    private static let largeFrameMemory: UInt32 = 2000
    /// What the kernel of a line that isn't known as slow takes unsent, in bytes: 32 KiB, and what one system call takes.
    private static let mostUnsent = 96 * 1024

    private static var nothing: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

    /// Queues a packet as a RecvPacket frame.
    @inline(never)
    func appendSlow(_ packet: UnsafeRawBufferPointer, from source: NodePublicKey, kind: PacketKind) {
        guard let slow = self.slow else { return }
        withUnsafeTemporaryAllocation(byteCount: PacketFrame.overhead, alignment: 8) { head in
            PacketFrame.storeHead(packet.count, from: source, at: head.baseAddress!)
            self.appendSlow(slow, UnsafeRawBufferPointer(head), packet, from: source, kind == .disco ? .disco : .other)
        }
        self.slowAppended()
    }

    /// Queues a frame with a packet that another loop made.
    @inline(never)
    func appendSlow(frame: UnsafeRawBufferPointer, kind: PacketKind) {
        guard let slow = self.slow, frame.count >= PacketFrame.overhead, let base = frame.baseAddress else { return }
        let source = NodePublicKey(unchecked: base + FrameHeader.byteCount)
        self.appendSlow(slow, frame, Self.nothing, from: source, kind == .disco ? .disco : .other)
        self.slowAppended()
    }

    /// Queues a PeerGone behind what waits from the peer that left. Returns `false` if nothing waits, or there is no room.
    func appendSlow(_ slow: SlowLine, peerGone frame: [UInt8], from peer: NodePublicKey) -> Bool {
        guard !slow.queue.isEmpty else { return false }
        return frame.withUnsafeBytes { self.appendSlow(slow, $0, Self.nothing, from: peer, .peerGone) }
    }

    @discardableResult
    private func appendSlow(
        _ slow: SlowLine,
        _ head: UnsafeRawBufferPointer,
        _ tail: UnsafeRawBufferPointer,
        from source: NodePublicKey,
        _ content: PacketBatch.Content
    ) -> Bool {
        var isQueued = slow.queue.append(
            head,
            tail,
            from: source,
            content,
            at: self.relay.loop.now,
            counters: &self.relay.counters
        )
        if !isQueued, !self.stream.isWriteBlocked, !self.isHeld, self.relay.reclaim(self.relay.dataPool) {
            isQueued = slow.queue.append(
                head,
                tail,
                from: source,
                content,
                at: self.relay.loop.now,
                counters: &self.relay.counters
            )
        }
        if !isQueued, content != .peerGone {
            self.relay.counters.drop(
                .queueTail,
                content == .disco ? .disco : .other,
                byteCount: head.count + tail.count - PacketFrame.overhead
            )
        }
        self.takeDisplaced(slow)
        return isQueued
    }

    private func takeDisplaced(_ slow: SlowLine) {
        guard !slow.queue.displaced.isEmpty else { return }
        let displaced = slow.queue.displaced
        slow.queue.displaced = []
        self.append(control: displaced)
    }

    private func slowAppended() {
        self.markDirty()
        if self.stream.isWriteBlocked { self.list(true) }
    }

    /// Drops all packets.
    func surrenderSlow(_ slow: SlowLine) {
        slow.queue.removeAll(as: .queueHead, &self.relay.counters)
        self.takeDisplaced(slow)
    }

    /// Sends what the line takes.
    @inline(never)
    func flushSlow() {
        guard let slow = self.slow else { return }
        if !self.isHeld, self.closeReason == nil { self.sendSlow(slow) }
        if self.stream.isWriteBlocked {
            slow.noteBlocked(at: self.relay.loop.now)
            self.watchStall()
            self.list(!slow.queue.isEmpty)
        } else {
            self.stall = nil
            self.list(false)
        }
        if self.controlWaiter != nil, !self.hasControl { self.resumeControlWaiter() }
    }

    private func sendSlow(_ slow: SlowLine) {
        let now = self.relay.loop.now
        while !self.stream.isWriteBlocked, self.stream.failure == nil {
            guard self.hasControl || !slow.queue.isEmpty else {
                slow.noteEmpty(at: now)
                if let reason = self.reasonToCloseWhenSent { self.abort(reason) }
                if slow.isFast(at: now) {
                    self.slow = nil
                    self.probeCount = Self.mostProbes
                    self.untilProbe = Self.firstProbe << Int32(Self.mostProbes / 8)
                }
                return
            }
            self.send(slow, slow.room(), at: now)
            // The next frame doesn't fit.
            if !slow.queue.isEmpty { return slow.awaitRoom { [unowned self] in self.flush() } }
        }
    }

    /// Sends up to `room`, as much at once as there is memory for.
    private func send(_ slow: SlowLine, _ room: SlowLine.Room, at now: UInt64) {
        let scratch = self.relay.scratch
        var left = room.byteCount
        repeat {
            let controlCount = self.remainder.count + self.control.count
            let count = slow.queue.take(
                to: scratch.baseAddress!,
                room: min(left, SlowLine.slowUnsent) - controlCount,
                exceeds: room.exceeds && controlCount == 0,
                at: now,
                limits: slow.limits,
                longestTime: slow.longestTime(for:),
                counters: &self.relay.counters
            )
            self.send(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
            left -= controlCount + count
            if controlCount + count == 0 { break }
        } while left >= SlowLine.slowUnsent && !slow.queue.isEmpty && !self.stream.isWriteBlocked
    }

    /// Sends control frames and `frames`. What the stream doesn't take is kept, and is sent before everything else.
    private func send(_ frames: UnsafeRawBufferPointer) {
        let total = self.remainder.count + self.control.count + frames.count
        guard total > 0 else { return }
        let sent = self.offer(frames)
        if let end = self.pongEnd { self.pongEnd = sent < end ? end - sent : nil }
        guard sent < total else {
            self.remainder = []
            self.control = []
            return
        }
        let rest = self.remainder + self.control + Array(frames)
        self.remainder = Array(rest[sent...])
        self.control = []
    }

    private func offer(_ frames: UnsafeRawBufferPointer) -> Int {
        guard self.hasControl else { return self.stream.send(frames) }
        return self.remainder.withUnsafeBytes { remainder in
            self.control.withUnsafeBytes { control in
                withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: 3) { pieces in
                    var count = 0
                    for piece in [remainder, control, frames] where !piece.isEmpty {
                        pieces[count] = piece
                        count += 1
                    }
                    return self.stream.send(UnsafeBufferPointer(rebasing: pieces[..<count]))
                }
            }
        }
    }
}
