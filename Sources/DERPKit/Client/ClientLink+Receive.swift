import AsyncSockets

extension ClientLink {
    /// Waits for at least one frame, and calls `body` with each frame that arrived, in place. Answers pings, and
    /// doesn't pass them on.
    ///
    /// - Parameter deadline: When to return without a frame, in nanoseconds on the loop's clock; `nil` for never.
    /// - Throws: ``DERPError`` with code `timeout` at the deadline or `cancelled`, after both of which the caller
    ///   may receive again; `connectionLost` if the server closed the connection or was silent for too long;
    ///   `protocolViolation` if a frame is malformed; `closed` if this end closed the connection; `misuse` if another
    ///   task receives.
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
            // Checked after every wait, because a close reads the stream from then on.
            if self.isClosing || self.ending != nil, let failure = self.failure { throw failure }
            guard !Task.isCancelled else { throw DERPError(.cancelled, "receiving was cancelled") }
            switch self.stream.receive() {
            case .bytes(let bytes):
                if try self.take(bytes, body) > 0 { return }
            case .wouldBlock:
                // Checked even while bytes arrive that contain nothing to pass on: other tasks on the loop have their
                // turn in between.
                if let deadline, self.stream.loop.now >= deadline {
                    throw DERPError(.timeout, "the server sent nothing in the given time")
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

    /// Calls `body` with the frames in `bytes`, and returns their number.
    private func take(_ bytes: UnsafeRawBufferPointer, _ body: (ServerFrame) -> Void) throws(DERPError) -> Int {
        var count = 0
        let isGood = self.reader.read(
            bytes,
            judge: { ServerFrame.judge($0) },
            body: { type, payload in
                guard let frame = ServerFrame(type, payload) else { return true }
                if case .ping = frame {
                    // A pong that doesn't fit is dropped. A server that doesn't read answers gets none.
                    _ = self.send(.pong, payload.prefix(PacketLimits.pingData))
                } else {
                    count += 1
                    body(frame)
                }
                return true
            }
        )
        guard isGood else {
            // The frames before it still count.
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

    /// Starts the timer that ends waits that take too long. One timer serves many waits: when it fires, it checks the
    /// current wait.
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
