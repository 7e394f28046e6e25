import AsyncSockets

/// Sends and receives the frames of a logged-in connection. Confined to its loop, on which its callers must run. Only
/// `async` functions wait, and no function allocates for each frame.
// @unchecked: confined to the loop.
package final class ClientLink: @unchecked Sendable {
    package let stream: TCPStream

    // Receiving: ClientLink+Receive.swift
    var reader = FrameReader()
    /// The bytes that came together with the end of the login.
    var early: [UInt8]
    var isReceiving = false
    var waitingSince: UInt64?
    var silence: LoopTimer?
    let readTimeout: Duration
    /// How the connection ended for the receiver: the server closed it, or violated the protocol.
    private(set) var ending: DERPError?

    // Sending
    private var pending: [UInt8] = []
    private var pendingStart = 0
    private var isMarked = false
    private var writers: [UnsafeContinuation<Void, Never>] = []
    private var stall: StallWatch?
    private let writeTimeout: Duration
    private let pendingLimit: Int

    /// Whether the connection is closing or closed.
    private(set) var isClosing = false

    init(stream: TCPStream, early: [UInt8], options: DERPClient.Options) {
        self.stream = stream
        self.early = early
        stream.turnBudget = Self.turnBudget
        self.readTimeout = options.readTimeout
        self.writeTimeout = options.writeTimeout
        self.pendingLimit = max(options.sendBuffer, 128 * 1024)
        stream.writeHandler = self
    }

    /// How much is read before other tasks on the loop have their turn, in bytes from the network.
    static let turnBudget = 64 * 1024
    /// How many bytes cause a flush before the end of the tick: as many as one call seals.
    private static let flushSize = 64 * 1024

    private var pendingCount: Int { self.pending.count - self.pendingStart }

    /// The error that ended the connection; `nil` while it works.
    var failure: DERPError? {
        if self.isClosing { return DERPError(.closed, "this client closed the connection") }
        return self.ending ?? self.stream.failure.map { DERPError(.connectionLost, $0.message) }
    }
}

// MARK: Sending

extension ClientLink {
    /// Appends a frame, which is sent at the end of the tick. Returns false if too much already waits or the connection
    /// has ended. The frame is dropped then.
    package func send(_ type: FrameType, _ payload: some Collection<UInt8>) -> Bool {
        guard self.begin(type, payloadCount: payload.count) else { return false }
        self.pending.append(contentsOf: payload)
        self.end()
        return true
    }

    /// Sends a packet, 0…65536 bytes, to another client, as ``send(_:_:)`` does.
    package func send(_ packet: UnsafeRawBufferPointer, to destination: NodePublicKey) -> Bool {
        guard packet.count <= PacketLimits.packet,
            self.begin(.sendPacket, payloadCount: NodePublicKey.byteCount + packet.count)
        else { return false }
        self.append(destination)
        self.pending.append(contentsOf: packet)
        self.end()
        return true
    }

    /// Forwards a packet, 0…65536 bytes, from a client of this relay to a client of the server, as ``send(_:_:)`` does.
    package func forward(
        _ packet: UnsafeRawBufferPointer,
        from source: NodePublicKey,
        to destination: NodePublicKey
    ) -> Bool {
        guard packet.count <= PacketLimits.packet,
            self.begin(.forwardPacket, payloadCount: 2 * NodePublicKey.byteCount + packet.count)
        else { return false }
        self.append(source)
        self.append(destination)
        self.pending.append(contentsOf: packet)
        self.end()
        return true
    }

    private func begin(_ type: FrameType, payloadCount: Int) -> Bool {
        self.stream.loop.assertCurrent()
        guard self.pendingCount + FrameHeader.byteCount + payloadCount <= self.pendingLimit, !self.isClosing,
            self.ending == nil, self.stream.failure == nil
        else { return false }
        let header = FrameHeader(type: type, payloadCount: UInt32(payloadCount))
        withUnsafeTemporaryAllocation(byteCount: FrameHeader.byteCount, alignment: 1) { bytes in
            guard let base = bytes.baseAddress else { return }
            header.store(to: base)
            self.pending.append(contentsOf: bytes)
        }
        return true
    }

    private func append(_ key: NodePublicKey) {
        withUnsafeTemporaryAllocation(byteCount: NodePublicKey.byteCount, alignment: 8) { bytes in
            guard let base = bytes.baseAddress else { return }
            key.store(to: base)
            self.pending.append(contentsOf: bytes)
        }
    }

    private func end() {
        if self.pendingCount >= Self.flushSize, !self.stream.isWriteBlocked {
            self.flush()
        } else if !self.isMarked {
            self.isMarked = true
            self.stream.loop.atTickEnd(self)
        }
    }

    /// Waits until a frame of the largest size may fit, or the connection has ended.
    package func waitForRoom(isolation: isolated (any Actor)? = #isolation) async {
        self.stream.loop.assertCurrent()
        while self.isFull {
            await withUnsafeContinuation { writer in
                // There may already be room by now.
                guard self.isFull else { return writer.resume() }
                self.writers.append(writer)
            }
        }
    }

    private var isFull: Bool {
        self.pendingCount > self.pendingLimit - Self.largestFrame && self.failure == nil
    }

    private static let largestFrame = FrameHeader.byteCount + 2 * NodePublicKey.byteCount + PacketLimits.packet

    /// Sends as many of the waiting bytes as the kernel takes.
    func flush() {
        self.stream.loop.assertCurrent()
        while self.pendingCount > 0, !self.stream.isWriteBlocked, self.stream.failure == nil {
            self.pendingStart += self.pending.withUnsafeBytes {
                self.stream.send(UnsafeRawBufferPointer(rebasing: $0[self.pendingStart...]))
            }
        }
        if self.pendingCount == 0 {
            self.pending.removeAll(keepingCapacity: true)
            self.pendingStart = 0
        } else if self.pendingStart > max(Self.flushSize, self.pendingCount) {
            // Not earlier, so that at most one byte is moved for each byte that was sent.
            self.pending.removeFirst(self.pendingStart)
            self.pendingStart = 0
        }
        self.watchForStall()
        self.wakeWriters()
    }

    private func wakeWriters() {
        guard !self.writers.isEmpty else { return }
        let writers = self.writers
        self.writers = []
        writers.forEach { $0.resume() }
    }

    private func watchForStall() {
        guard self.pendingCount > 0, self.stream.failure == nil else {
            self.stall = nil
            return
        }
        guard self.stall == nil else { return }
        self.stall = StallWatch(stream: self.stream, timeout: self.writeTimeout) { [unowned self] in
            self.stream.fail(SocketError(.timeout, "the server takes no more bytes"))
        }
    }
}

extension ClientLink: TickEndHandler, StreamWriteHandler {
    package func tickEnded() {
        self.isMarked = false
        self.flush()
    }

    package func streamChanged() {
        self.flush()
    }
}

// MARK: Closing

extension ClientLink {
    /// Records that nothing more is received. Nothing more is sent either.
    func noteEnd(_ error: DERPError) {
        self.ending = error
        self.wakeWriters()
    }

    /// Sends the waiting bytes, and closes the connection so that the server can read them, within `time`.
    package func close(within time: Duration, isolation: isolated (any Actor)? = #isolation) async {
        self.stream.loop.assertCurrent()
        guard !self.isClosing else { return }
        self.isClosing = true
        // A task that receives must see the end before the stream is read for the last time.
        self.stream.interrupt()
        self.stream.setDeadline(time)
        self.flush()
        while self.pendingCount > 0, self.stream.failure == nil {
            await withUnsafeContinuation { writer in
                guard self.pendingCount > 0, self.stream.failure == nil else { return writer.resume() }
                self.writers.append(writer)
            }
        }
        await self.stream.finish(within: time)
        self.ended()
    }

    /// Closes the connection at once.
    package func abort() {
        self.stream.loop.assertCurrent()
        self.isClosing = true
        self.stream.close()
        self.ended()
    }

    private func ended() {
        self.silence?.cancel()
        self.stall = nil
        self.pending = []
        self.pendingStart = 0
    }
}

extension DERPError {
    init(_ error: SocketError) {
        let code: Code =
            switch error.code {
            case .timeout: .timeout
            case .tls, .notTLS: .tls
            default: .connection
            }
        self.init(code, error.message)
    }
}
