import AsyncSockets

/// Watches a stream that is blocked, and calls a closure when its peer has taken no byte for too long. Confined to the
/// loop.
final class StallWatch {
    private let stream: TCPStream
    private let timeout: UInt64
    private let onStall: () -> Void
    private var timer: LoopTimer?
    private var lastProgress: UInt64
    private var lastAcknowledged: UInt64

    init(stream: TCPStream, timeout: Duration, onStall: @escaping () -> Void) {
        self.stream = stream
        self.timeout = timeout.nanoseconds
        self.onStall = onStall
        self.lastProgress = stream.loop.now
        self.lastAcknowledged = stream.acknowledgedByteCount
        self.timer = LoopTimer(on: stream.loop) { [unowned self] in self.look() }
        self.lookLater()
    }

    deinit {
        self.timer?.cancel()
    }

    private func lookLater() {
        // Checks often enough to notice a stall at most an eighth late.
        self.timer?.schedule(at: self.stream.loop.now + self.timeout / 8)
    }

    private func look() {
        let now = self.stream.loop.now
        // Not what is unacknowledged: on a slow line, as much may be each time.
        let acknowledged = self.stream.acknowledgedByteCount
        if acknowledged != self.lastAcknowledged {
            self.lastAcknowledged = acknowledged
            self.lastProgress = now
        }
        guard now - self.lastProgress < self.timeout else {
            self.onStall()
            return
        }
        self.lookLater()
    }
}
