import AsyncSockets
import CLoad
@_spi(Benchmarks) import DERPKit
import Histogram

/// The clients and flows of one loop. Sends, receives, checks and times packets.
// @unchecked: confined to `loop`.
final class Traffic: @unchecked Sendable {
    let loop: IOLoop
    private(set) var clients: [LoadClient] = []
    private(set) var flows: [Flow] = []
    /// The outgoing flows of each client.
    private var outgoing: [[Flow]] = []

    private(set) var faults = Faults()
    private var received = [Tally(), Tally()]
    var latencies = [LatencyHistogram.latencies(), LatencyHistogram.latencies()]
    var isMeasuring = false

    /// Whether all flows have stopped sending.
    private var isStopping = false
    /// Whether connections may end now.
    private var isOver = false
    private var marked: [Flow] = []
    private var sending: [Flow] = []
    /// The flows that have more to send than fit into one tick.
    private var eager: [Flow] = []
    private var awaitsTickEnd = false
    private var paced: [Flow] = []
    private var timer: PaceTimer?
    /// The buffer in which frames are built.
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferSize, alignment: 64)

    /// The type of incoming packets' frames. A limit relay delivers frames unchanged, so they still name their
    /// destination.
    private let arriving: FrameType
    private let style: ClientStyle

    /// Makes the traffic of one loop.
    ///
    /// - Parameter isAddressed: Whether the server reads frames and names their senders.
    init(loop: IOLoop, isAddressed: Bool, style: ClientStyle) {
        self.loop = loop
        self.style = style
        self.arriving = isAddressed ? .recvPacket : .sendPacket
    }

    deinit {
        self.buffer.deallocate()
    }

    /// How much is sent at once, in bytes: as many TLS records as a stream seals in one call, or one packet of the
    /// largest size.
    private static let bufferSize = 72 * 1024
}

// MARK: Setting up

extension Traffic {
    /// Takes over a logged-in connection and returns its index.
    func add(_ stream: TCPStream, key: NodePublicKey, early: [UInt8]) -> Int {
        stream.turnBudget = Self.budget
        let client = LoadClient(index: self.clients.count, stream: stream, key: key, early: early) { [unowned self] in
            self.becameWritable($0)
        }
        self.clients.append(client)
        self.outgoing.append([])
        return client.index
    }

    func addFlow(
        _ role: Flow.Role,
        from source: Int,
        to destination: Int,
        pace: Pace,
        sizes: [Int],
        disco: Double = 0
    ) {
        let flow = Flow(
            index: self.flows.count,
            role: role,
            from: self.clients[source],
            to: self.clients[destination],
            pace: pace,
            sizes: sizes,
            disco: disco
        )
        if case .echo(let other) = pace { self.flows[other].echo = flow }
        self.flows.append(flow)
        self.outgoing[source].append(flow)
    }

    /// Starts to receive. Flows send once they are allowed to.
    func start() throws {
        for index in self.clients.indices {
            Task(executorPreference: self.loop) { [self] in await self.serve(index) }
        }
        guard self.flows.contains(where: { if case .every = $0.pace { true } else { false } }) else { return }
        self.timer = try PaceTimer(on: self.loop) { [unowned self] in self.markDue() }
    }

    /// Lets each flow send `count` more packets.
    func allow(_ count: UInt64) {
        let now = cload_now()
        for flow in self.flows {
            flow.limit = flow.limit.addingReportingOverflow(count).overflow ? .max : flow.limit + count
            if case .every(let interval) = flow.pace, flow.due == 0 {
                // Spread over the interval, so that the flows send one after the other: by the golden ratio, which does that for
                // any number of them.
                let place = (Double(self.paced.count) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
                flow.due = now + UInt64(Double(interval) * place)
                self.paced.append(flow)
            }
            self.mark(flow)
        }
    }

    /// Stops sending. Packets on their way still arrive.
    func stopSending() {
        self.isStopping = true
        self.timer?.close()
        self.timer = nil
    }

    func close() {
        self.isOver = true
        for client in self.clients { client.stream.close() }
    }
}

// MARK: Counting

extension Traffic {
    /// How many packets may still be sent or are still to arrive.
    var outstanding: UInt64 { self.flows.reduce(0) { $0 + $1.limit - $1.received } }

    /// How many disco packets have arrived.
    var receivedDisco: UInt64 { self.flows.reduce(0) { $0 + $1.disco.arrivals.received } }

    func tally(of role: Flow.Role) -> Tally {
        var tally = self.received[role.rawValue]
        for flow in self.flows where flow.role == role { tally.sent += flow.sent }
        return tally
    }
}

// MARK: Sending

extension Traffic {
    private func mark(_ flow: Flow) {
        guard !flow.isMarked, !self.isStopping else { return }
        flow.isMarked = true
        self.marked.append(flow)
        guard !self.awaitsTickEnd else { return }
        self.awaitsTickEnd = true
        self.loop.atTickEnd(self)
    }

    private func becameWritable(_ client: LoadClient) {
        for flow in self.outgoing[client.index] { self.mark(flow) }
    }

    /// Marks the open-loop flows that are due.
    private func markDue() {
        let now = cload_now()
        for flow in self.paced where flow.due <= now && !flow.source.isBlocked && flow.sent < flow.limit {
            self.mark(flow)
        }
    }

    /// Sets the timer to the next open-loop flow that is due. A flow whose connection is blocked is marked once it no
    /// longer is.
    private func setTimer() {
        guard let timer = self.timer else { return }
        var next = UInt64.max
        for flow in self.paced where !flow.source.isBlocked && flow.sent < flow.limit { next = min(next, flow.due) }
        if next < .max { timer.set(next) }
    }

    /// Sends what the flow may send now, up to one full buffer.
    private func send(_ flow: Flow) {
        guard !self.isStopping, !flow.source.isBlocked, let start = self.buffer.baseAddress else { return }
        let now = cload_now()
        if self.style == .stock { return self.sendSingly(flow, from: start, now) }
        var count = 0
        while count + flow.nextFrameCount <= self.buffer.count, let time = self.takeTurn(of: flow, now) {
            let frameCount = flow.nextFrameCount
            flow.writeNext(at: start + count, time: time)
            count += frameCount
        }
        guard count > 0 else { return }
        flow.source.send(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Sends what the flow may send now, up to one full buffer, each frame by itself.
    private func sendSingly(_ flow: Flow, from start: UnsafeMutableRawPointer, _ now: UInt64) {
        var count = 0
        while count + flow.nextFrameCount <= self.buffer.count, !flow.source.isBlocked,
            let time = self.takeTurn(of: flow, now)
        {
            let frameCount = flow.nextFrameCount
            flow.writeNext(at: start, time: time)
            flow.source.send(UnsafeRawBufferPointer(start: start, count: frameCount))
            count += frameCount
        }
    }

    /// Returns when the next packet is due if the flow may send it now; otherwise `nil`.
    @inline(__always)
    private func takeTurn(of flow: Flow, _ now: UInt64) -> UInt64? {
        guard flow.sent < flow.limit else { return nil }
        switch flow.pace {
        case .window:
            guard flow.credit > 0 else { return nil }
            flow.credit -= 1
            return now
        case .every(let interval):
            guard flow.due <= now else { return nil }
            defer { flow.due += interval }
            return flow.due
        case .flood:
            return now
        case .echo:
            guard flow.credit > 0 else { return nil }
            flow.credit -= 1
            return flow.due
        }
    }

    /// Returns whether the flow could send more at once.
    private func isEager(_ flow: Flow) -> Bool {
        guard flow.sent < flow.limit else { return false }
        switch flow.pace {
        case .window, .echo: return flow.credit > 0
        case .every: return false
        case .flood: return true
        }
    }
}

extension Traffic: TickEndHandler {
    func tickEnded() {
        self.awaitsTickEnd = false
        swap(&self.marked, &self.sending)
        for flow in self.sending {
            flow.isMarked = false
            self.send(flow)
            if self.isEager(flow), !flow.source.isBlocked, !self.isStopping { self.eager.append(flow) }
        }
        self.sending.removeAll(keepingCapacity: true)
        self.setTimer()
        guard !self.eager.isEmpty else { return }
        // In the next tick, after all other flows had their turn.
        Task(executorPreference: self.loop) { [self] in
            for flow in self.eager { self.mark(flow) }
            self.eager.removeAll(keepingCapacity: true)
        }
    }
}

// MARK: Receiving

extension Traffic {
    /// How much is read from one connection before the others have their turn, in bytes.
    private static let budget = 256 * 1024

    private func serve(_ index: Int) async {
        let client = self.clients[index]
        let early = client.early
        client.early = []
        var isFine = early.withUnsafeBytes { self.take($0, from: client) }
        while isFine {
            switch client.stream.receive(atMost: self.style.readSize) {
            case .bytes(let bytes): isFine = self.take(bytes, from: client)
            case .wouldBlock: await client.stream.waitUntilReadable()
            case .closed, .failed:
                isFine = false
            }
        }
        if !self.isOver { self.faults.disconnected += 1 }
    }

    private func take(_ bytes: UnsafeRawBufferPointer, from client: LoadClient) -> Bool {
        let now = cload_now()
        return client.reader.read(
            bytes,
            judge: { $0.type == self.arriving ? .take : .skip },
            body: { _, payload in
                self.take(payload, at: client, now)
                return true
            }
        )
    }

    @inline(__always)
    private func take(_ payload: UnsafeRawBufferPointer, at client: LoadClient, _ now: UInt64) {
        let keyCount = NodePublicKey.byteCount
        guard payload.count >= keyCount, let base = payload.baseAddress,
            let (kind, stamp) = TestPacket.read(UnsafeRawBufferPointer(rebasing: payload[keyCount...])),
            Int(stamp.flow) < self.flows.count
        else {
            self.faults.corrupt += 1
            return
        }
        let flow = self.flows[Int(stamp.flow)]
        let size = payload.count - keyCount
        guard flow.hasSent(kind, stamp.sequence, size: size),
            NodePublicKey(unchecked: base) == (self.arriving == .recvPacket ? flow.source : flow.destination).key
        else {
            self.faults.corrupt += 1
            return
        }
        guard flow.destination === client else {
            self.faults.misdelivered += 1
            return
        }
        switch flow.note(kind, stamp.sequence) {
        case .inOrder(let missing): self.arrived(stamp, size, on: flow, missing: missing, now)
        case .reordered: self.faults.reordered += 1
        case .doubled: self.faults.doubled += 1
        }
    }

    @inline(__always)
    private func arrived(_ stamp: PacketStamp, _ size: Int, on flow: Flow, missing: UInt64, _ now: UInt64) {
        let role = flow.role.rawValue
        self.received[role].received += 1
        self.received[role].receivedBytes += UInt64(size)
        if let echo = flow.echo {
            echo.due = stamp.time
            echo.credit += 1
            self.mark(echo)
            return
        }
        if self.isMeasuring {
            _ = self.latencies[role].record(min(now &- stamp.time, LatencyHistogram.longest))
        }
        switch flow.pace {
        case .window:
            flow.credit += 1 + Int(missing)
            self.mark(flow)
        case .echo(let other):
            self.flows[other].credit += 1
            self.mark(self.flows[other])
        case .every, .flood:
            break
        }
    }
}
