import AsyncSockets

/// Watches a stream that is blocked, and calls a closure when its peer has taken no byte for too long. Confined to the
/// loop.
final class StallWatch {
    private let stream: TCPStream
    private let timeout: UInt64
    private let onStall: () -> Void
    private var timer: LoopTimer?
    private var lastProgress: UInt64
    private var lastUnacknowledged: Int

    init(stream: TCPStream, timeout: Duration, onStall: @escaping () -> Void) {
        self.stream = stream
        self.timeout = timeout.nanoseconds
        self.onStall = onStall
        self.lastProgress = stream.loop.now
        self.lastUnacknowledged = stream.unacknowledgedByteCount
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
        let unacknowledged = self.stream.unacknowledgedByteCount
        if unacknowledged != self.lastUnacknowledged {
            self.lastUnacknowledged = unacknowledged
            self.lastProgress = now
        }
        guard now - self.lastProgress < self.timeout else {
            self.onStall()
            return
        }
        self.lookLater()
    }
}
