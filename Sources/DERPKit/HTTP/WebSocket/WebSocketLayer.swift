import AsyncSockets

/// A WebSocket between a stream's owner and the layer that protects the stream: DERP's bytes above it, and frames that
/// carry them below (RFC 6455). Confined to the loop.
final class WebSocketLayer: StreamLayer {
    /// The layer that protects the stream; `nil` for plain TCP.
    private let inner: (any StreamLayer)?
    /// The loop's buffers, for a frame that is to be sealed.
    private let buffers: LoopBuffers
    private var reader = WebSocketFrameReader()
    /// The number of bytes of the first input that `inner` has already opened.
    private var earlyCount: Int
    /// The control frames to send.
    private var control: [UInt8] = []
    /// Whether a Close frame is queued or sent. Nothing follows it.
    private var isClosing = false

    /// - Parameters:
    ///   - inner: The layer that protects the stream.
    ///   - buffers: The buffers of the stream's loop.
    ///   - earlyCount: The number of bytes of the first input that `inner` has already opened.
    init(inner: (any StreamLayer)?, buffers: LoopBuffers, earlyCount: Int) {
        self.inner = inner
        self.buffers = buffers
        self.earlyCount = earlyCount
    }

    /// How the client closed, or what was wrong with its bytes; `nil` while it may send more.
    var ending: WebSocketFrameReader.Ending? { self.reader.ending }

    /// Queues a Close frame, unless one is already queued. What the client sends before its own Close frame is
    /// discarded.
    ///
    /// - Parameter reason: The reason, at most 123 bytes.
    func close(_ code: WebSocketCloseCode?, reason: String = "") {
        guard !self.isClosing else { return }
        self.isClosing = true
        self.control += WebSocketFrameWriter.close(code, reason)
    }

    func retire() { self.inner?.retire() }
}

// MARK: Reading

extension WebSocketLayer {
    func open(
        _ input: UnsafeRawBufferPointer,
        into plaintext: UnsafeMutableRawBufferPointer,
        output: inout SealedOutput
    ) -> OpenResult {
        var result = OpenResult(count: 0)
        guard let memory = plaintext.baseAddress, self.ending == nil else {
            result.isClosed = self.ending != nil
            return result
        }
        var frames = input
        if self.earlyCount > 0 {
            self.earlyCount -= min(self.earlyCount, input.count)
        } else if let inner = self.inner {
            result = inner.open(input, into: plaintext, output: &output)
            guard result.failure == nil else { return result }
            frames = UnsafeRawBufferPointer(rebasing: plaintext[..<result.count])
        }
        let isDelayed = output.isDelayed
        let count = self.reader.read(frames, into: memory) { self.answer($0, isDelayed: isDelayed) }
        result.count = self.isClosing ? 0 : count
        if let ending = self.ending { self.end(ending, &result) }
        if !self.control.isEmpty { self.speak(output: &output) }
        return result
    }

    /// Queues a Pong. While the client takes nothing, only the last of its Pings is answered (RFC 6455 §5.5.3).
    private func answer(_ ping: [UInt8], isDelayed: Bool) {
        guard !self.isClosing else { return }
        if isDelayed { self.control.removeAll() }
        self.control += WebSocketFrameWriter.control(.pong, ping)
    }

    private func end(_ ending: WebSocketFrameReader.Ending, _ result: inout OpenResult) {
        result.isClosed = true
        switch ending {
        case .close(let code): self.close(code)
        case .violation(let violation): self.close(violation.closeCode, reason: violation.reason)
        }
    }
}

// MARK: Writing

extension WebSocketLayer {
    func seal(_ plaintext: UnsafeRawBufferPointer, output: inout SealedOutput) -> Int? {
        // After a Close frame nothing may be sent (§5.5.1). It is lost as if the client had gone.
        guard !self.isClosing else { return plaintext.count }
        var sealed = 0
        while sealed < plaintext.count {
            let size = min(plaintext.count - sealed, Self.largestPayload)
            guard output.space.count >= WebSocketLimits.sentFrame + Self.innerOverhead else { break }
            let message = UnsafeRawBufferPointer(rebasing: plaintext[sealed..<sealed + size])
            guard self.sealMessage(message, &output) else { return nil }
            sealed += size
        }
        return sealed
    }

    private static let largestPayload = WebSocketLimits.sentFrame - WebSocketFrameWriter.largestHeader
    /// The number of bytes that `inner` may add to a frame, and needs room for.
    private static let innerOverhead = 2048

    private func sealMessage(_ message: UnsafeRawBufferPointer, _ output: inout SealedOutput) -> Bool {
        guard let inner = self.inner else {
            guard let memory = output.space.baseAddress else { return false }
            output.advance(by: WebSocketFrameWriter.store(.binary, message, at: memory))
            return true
        }
        guard let memory = self.buffers.staged.baseAddress else { return false }
        let count = WebSocketFrameWriter.store(.binary, message, at: memory)
        return inner.seal(UnsafeRawBufferPointer(start: memory, count: count), output: &output) == count
    }

    func speak(output: inout SealedOutput) {
        guard !self.control.isEmpty, !output.isDelayed else { return }
        let count = self.control.withUnsafeBytes { control in
            if let inner = self.inner { return inner.seal(control, output: &output) ?? 0 }
            let count = min(control.count, output.space.count)
            output.space.copyMemory(from: UnsafeRawBufferPointer(rebasing: control.prefix(count)))
            output.advance(by: count)
            return count
        }
        self.control.removeFirst(count)
    }

    func close(output: inout SealedOutput) {
        self.close(.normal)
        self.speak(output: &output)
        self.inner?.close(output: &output)
    }
}
