import AsyncSockets
import CLoad
@_spi(Benchmarks) import DERPKit
import LoadKit

/// A client that comes back whenever its connection ends. Confined to its loop.
// @unchecked: confined to the loop of `part`.
final class SoakClient: @unchecked Sendable {
    /// Which server a client uses.
    enum Node: Hashable, Sendable { case relay, peer }

    enum Role: Hashable, Sendable {
        /// Does what the plan says: is idle, sends, receives, and comes and goes.
        case ordinary
        /// Reads slowly at times. The server may close it.
        case slow
        /// Is put on the deny list at times.
        case outlaw
        /// Is never disturbed.
        case bystander
    }

    enum Leaving: Hashable, Sendable {
        case inOrder, byReset
    }

    let index: Int
    let node: Node
    let role: Role
    let key: NodePrivateKey
    unowned let part: CrowdPart
    /// The flows that this client sends, and those that it receives, by their index.
    var sources: [FlowSource] = []
    var sinks: [Int: FlowSink] = [:]
    /// The flow that answers each packet of another one, by the other one's index.
    var echoes: [Int: FlowSource] = [:]
    /// Everything that this client sends, in a fixed order.
    private var outgoing: [FlowSource] { self.sources + self.echoes.sorted { $0.key < $1.key }.map(\.value) }

    /// The number of the connection: how many there have been.
    private(set) var connection: UInt32 = 0
    private(set) var stream: TCPStream?
    /// Whether the server was told that the client comes back later.
    private var wasDismissed = false
    /// Whether a Health frame said that the client is refused.
    private(set) var isHeld = false
    private var leaving: Leaving?
    /// When to give up waiting, or to come back.
    private var patience: UInt64 = 0
    var returnTime: UInt64 = 0
    /// Until when nothing is read, or little at a time.
    private var deafUntil: UInt64 = 0
    private var slowUntil: UInt64 = 0

    /// The beginning of a frame that the stream has not taken yet.
    private var unsent: [UInt8] = []
    /// The number of the last ping, and how many packets each flow had sent before it.
    private var pingNumber: UInt64 = 0
    private var pinged: [UInt32] = []

    init(_ index: Int, _ node: Node, _ role: Role, _ key: NodePrivateKey, in part: CrowdPart) {
        self.index = index
        self.node = node
        self.role = role
        self.key = key
        self.part = part
    }

    /// Whether the client has logged in and stays.
    var isConnected: Bool { self.stream != nil && self.leaving == nil && !self.isHeld }
    var openConnection: UInt32? { self.isConnected ? self.connection : nil }
}

// MARK: Coming and going

extension SoakClient {
    /// Connects, again and again, until the crowd leaves.
    func live() async {
        while !self.part.isOver {
            let now = cload_now()
            guard now >= self.returnTime else {
                try? await Task.sleep(for: .nanoseconds(min(self.returnTime - now, 500_000_000)))
                continue
            }
            guard let (stream, early) = await self.logIn() else {
                let pause = self.role == .outlaw ? 1000 : UInt64.random(in: 50...500)
                try? await Task.sleep(for: .milliseconds(pause))
                continue
            }
            self.begin(stream)
            await self.serve(stream, early)
            self.end()
        }
    }

    private func logIn() async -> (TCPStream, [UInt8])? {
        let target = self.part.target(of: self.node)
        let source = IPAddress(ipv4: 0x7f00_0100 + UInt32(self.index % 200) + 1)
        do {
            let (stream, early) = try await target.logIn(as: self.key, from: source, on: self.part.loop)
            return (stream, early)
        } catch {
            self.noteFailedLogin(error)
            return nil
        }
    }

    private func noteFailedLogin(_ error: any Error) {
        let refusal = error as? DERPError
        let time = (error as? SocketError)?.code == .timeout || refusal?.code == .timeout
        if refusal?.code == .refused, self.role == .outlaw {
            self.isHeld = true
            self.part.tally.denied += 1
        } else if self.node == .peer, !self.part.isPeerServing {
            return
        } else if time {
            self.part.tally.late += 1
        } else {
            self.part.tally.refused += 1
        }
        self.part.tally.lastFailure = "\(error)"
    }

    private func begin(_ stream: TCPStream) {
        self.connection += 1
        self.stream = stream
        self.isHeld = false
        self.wasDismissed = false
        self.unsent = []
        self.pinged = []
        self.part.tally.logins += 1
        stream.turnBudget = 256 * 1024
        stream.writeHandler = self
    }

    private func end() {
        self.stream?.close()
        self.stream = nil
        self.isHeld = false
        for source in self.outgoing { source.end(self.connection) }
        switch self.leaving {
        case .inOrder: self.part.tally.leftInOrder += 1
        case .byReset: self.part.tally.leftByReset += 1
        case nil: self.noteForeignEnd()
        }
        self.leaving = nil
    }

    private func noteForeignEnd() {
        if self.role == .outlaw || (self.node == .peer && !self.part.isPeerServing) { return }
        if self.wasDismissed || self.part.isDismissing {
            self.part.tally.dismissed += 1
        } else if self.role == .slow {
            self.part.tally.closedSlow += 1
        } else {
            self.part.tally.lost += 1
        }
    }

    /// Leaves, and comes back after `pause` nanoseconds.
    func leave(_ way: Leaving, for pause: UInt64) {
        guard self.isConnected, let stream = self.stream else { return }
        self.leaving = way
        self.patience = cload_now() + 2_000_000_000
        self.returnTime = cload_now() + pause
        self.ping()
        stream.interrupt()
    }

    /// Lets the client leave although the server hasn't answered, once it has waited long enough.
    func checkPatience(_ now: UInt64) {
        if self.leaving != nil, now >= self.patience { self.stream?.interrupt() }
    }

    /// Reads nothing for `deaf` nanoseconds, and then little for `slow` nanoseconds.
    func slowDown(deaf: UInt64, slow: UInt64) {
        self.deafUntil = cload_now() + deaf
        self.slowUntil = self.deafUntil + slow
        self.stream?.interrupt()
    }
}

// MARK: Receiving

extension SoakClient {
    private func serve(_ stream: TCPStream, _ early: [UInt8]) async {
        var reader = FrameReader()
        var goesOn = early.withUnsafeBytes { self.take($0, with: &reader) }
        while goesOn {
            if let leaving = self.leaving {
                if leaving == .byReset {
                    // The kernel resets a connection that is closed while something in it, such as the pong, is unread.
                    try? await Task.sleep(for: .milliseconds(100))
                    return
                }
                if self.isConfirmed || cload_now() >= self.patience { return await stream.finish() }
            }
            let now = cload_now()
            if now < self.deafUntil {
                try? await Task.sleep(for: .milliseconds(50))
                continue
            }
            let isSlow = now < self.slowUntil
            if isSlow { try? await Task.sleep(for: .milliseconds(20)) }
            switch stream.receive(atMost: isSlow ? 4096 : .max) {
            case .bytes(let bytes): goesOn = self.take(bytes, with: &reader)
            case .wouldBlock: await stream.waitUntilReadable()
            case .closed, .failed: goesOn = false
            }
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer, with reader: inout FrameReader) -> Bool {
        let now = cload_now()
        return reader.read(bytes) { _ in
            .take
        } body: { type, payload in
            switch type {
            case .recvPacket: self.takePacket(payload, now)
            case .ping: self.send(Frame.encode(.pong, payload.prefix(8)))
            case .pong: self.takePong(payload)
            case .restarting: self.wasDismissed = true
            case .health where !payload.isEmpty:
                if self.role == .outlaw { self.isHeld = true } else { self.part.tally.health += 1 }
            default: break
            }
            return true
        }
    }

    private func takePacket(_ payload: UnsafeRawBufferPointer, _ now: UInt64) {
        let keyCount = NodePublicKey.byteCount
        self.part.tally.packets += 1
        guard payload.count >= keyCount, let base = payload.baseAddress,
            let (kind, stamp) = TestPacket.read(UnsafeRawBufferPointer(rebasing: payload[keyCount...])),
            let sink = self.sinks[Int(stamp.flow)], sink.kind == kind, sink.size == payload.count - keyCount,
            NodePublicKey(unchecked: base) == sink.source
        else {
            self.part.tally.corrupt += 1
            return
        }
        let number = SequenceNumber(rawValue: stamp.sequence)
        guard sink.note(number, on: self.connection) else {
            self.part.tally.disordered += 1
            self.part.tally.lastDisorder =
                "flow \(stamp.flow), \(number), \((now - stamp.time) / 1_000_000) ms old; "
                + "there: \(sink.records[number.connection]?.runs.suffix(2) ?? [])"
            return
        }
        if let echo = self.echoes[Int(stamp.flow)] { self.send(from: echo, time: stamp.time) }
        if self.part.answers.contains(Int(stamp.flow)) { self.part.noteRoundTrip(now - stamp.time) }
    }
}

// MARK: Sending

extension SoakClient: StreamWriteHandler {
    private var isBlocked: Bool { !self.unsent.isEmpty || (self.stream?.isWriteBlocked ?? true) }

    /// Sends the next packet of a flow, unless the client is away, or its connection takes nothing now. Returns whether
    /// it was sent.
    @discardableResult
    func send(from source: FlowSource, time: UInt64) -> Bool {
        guard self.isConnected, !self.isBlocked, self.stream?.failure == nil else { return false }
        if self.node == .relay { self.part.written += 1 }
        self.send(source.next(on: self.connection, time: time))
        return true
    }

    private func send(_ frame: [UInt8]) {
        guard let stream = self.stream, stream.failure == nil else { return }
        guard self.unsent.isEmpty else {
            self.unsent += frame
            return
        }
        var sent = 0
        while sent < frame.count, !stream.isWriteBlocked, stream.failure == nil {
            sent += frame.withUnsafeBytes { stream.send(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
        }
        if sent < frame.count { self.unsent = Array(frame[sent...]) }
    }

    func streamChanged() {
        guard let stream = self.stream, !self.unsent.isEmpty, !stream.isWriteBlocked, stream.failure == nil else {
            return
        }
        let frame = self.unsent
        self.unsent = []
        self.send(frame)
    }

    /// Asks the server to prove that it has read everything that was sent so far.
    func ping() {
        guard self.stream != nil, self.unsent.count < 4096 else { return }
        self.pingNumber += 1
        self.pinged = self.outgoing.map(\.current.written)
        self.send(Frame.encode(.ping, withUnsafeBytes(of: self.pingNumber) { Array($0) }))
    }

    private func takePong(_ payload: UnsafeRawBufferPointer) {
        guard payload.count == 8, payload.loadUnaligned(as: UInt64.self) == self.pingNumber else { return }
        for (source, count) in zip(self.outgoing, self.pinged) { source.confirm(count) }
    }

    /// Whether the server has read everything that was sent on this connection.
    var isConfirmed: Bool {
        self.outgoing.allSatisfy { $0.current.confirmed == $0.current.written }
    }
}
