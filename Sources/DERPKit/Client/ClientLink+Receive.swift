import AsyncSockets

extension ClientLink {
    /// Receives until there was a frame, and gives `body` each frame of what was received, in place. Pings are answered,
    /// and not handed on.
    ///
    /// - Parameter deadline: when to return without a frame, in nanoseconds on the loop's clock; `nil`: never.
    /// - Throws: ``DERPError``: `timeElapsed` at the deadline, or `cancelled`: one may receive again; `connectionLost` when
    ///   the server closed the connection or said nothing for too long; `protocolViolation` when it sends nonsense;
    ///   `closed` when this end closed the connection; `misuse` when another task receives.
    package func receive(
        until deadline: UInt64? = nil,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (ServerFrame) -> Void
    ) async throws(DERPError) {
        self.stream.loop.assertCurrent()
        guard !self.isReceiving else {
            throw DERPError(.misuse, "another task receives from this client: only one may at a time")
        }
        self.isReceiving = true
        defer { self.isReceiving = false }
        if !self.early.isEmpty {
            let early = self.early
            self.early = []
            let taken = early.withUnsafeBytes { bytes in
                Result { () throws(DERPError) in try self.take(bytes, body) }
            }
            if try taken.get() > 0 { return }
        }
        while true {
            // After every wait: whoever closes reads the stream from then on.
            if self.isClosing || self.ending != nil, let failure = self.failure { throw failure }
            guard !Task.isCancelled else { throw DERPError(.cancelled, "receiving was cancelled") }
            switch self.stream.receive() {
            case .bytes(let bytes):
                if try self.take(bytes, body) > 0 { return }
            case .wouldBlock:
                // Also when much comes that is nothing to hand on: the others' turn is in between.
                if let deadline, self.stream.loop.now >= deadline {
                    throw DERPError(.timeElapsed, "the server sent nothing in the given time")
                }
                await self.wait(until: deadline)
            case .closed:
                let end = DERPError(.connectionLost, "the server closed the connection")
                self.noteEnd(end)
                throw end
            case .failed:
                throw self.failure ?? DERPError(.connectionLost, "the connection is closed")
            }
        }
    }

    /// Hands over the frames in `bytes`; returns how many.
    private func take(_ bytes: UnsafeRawBufferPointer, _ body: (ServerFrame) -> Void) throws(DERPError) -> Int {
        var count = 0
        let isGood = self.reader.read(
            bytes,
            judge: { ServerFrame.judge($0) },
            body: { type, payload in
                guard let frame = ServerFrame(type, payload) else { return true }
                if case .ping = frame {
                    // One that doesn't fit is dropped: a server that takes no answers gets none.
                    _ = self.send(.pong, payload.prefix(PacketLimits.pingData))
                } else {
                    count += 1
                    body(frame)
                }
                return true
            }
        )
        guard isGood else {
            // What came before it counts still.
            let violation = DERPError(.protocolViolation, "the server sent a malformed frame")
            self.noteEnd(violation)
            self.stream.fail(SocketError(.closed, violation.message))
            guard count > 0 else { throw violation }
            return count
        }
        return count
    }

    private func wait(until deadline: UInt64?, isolation: isolated (any Actor)? = #isolation) async {
        let stream = self.stream
        self.waitingSince = stream.loop.now
        self.watchForSilence()
        var timer: LoopTimer?
        if let deadline {
            timer = LoopTimer(on: stream.loop) { [unowned stream] in stream.interrupt() }
            timer?.schedule(at: deadline)
        }
        await withTaskCancellationHandler {
            await stream.waitUntilReadable()
        } onCancel: {
            Task(executorPreference: stream.loop) { stream.interrupt() }
        }
        timer?.cancel()
        self.waitingSince = nil
    }

    /// One timer for many waits: it looks when it fires whether the wait that it finds is too long.
    private func watchForSilence() {
        let timer = self.silence ?? LoopTimer(on: self.stream.loop) { [unowned self] in self.lookForSilence() }
        self.silence = timer
        guard !timer.isScheduled else { return }
        timer.schedule(at: self.stream.loop.now + self.readTimeout.nanoseconds)
    }

    private func lookForSilence() {
        guard let since = self.waitingSince else { return }
        let end = since + self.readTimeout.nanoseconds
        if self.stream.loop.now >= end {
            self.stream.fail(SocketError(.timeout, "the server has said nothing for \(self.readTimeout.text)"))
        } else {
            self.silence?.schedule(at: end)
        }
    }
}
