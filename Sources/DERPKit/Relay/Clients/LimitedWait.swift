import AsyncSockets

/// Waits for something that may come too late.
// @unchecked: confined to the loop.
final class LimitedWait: @unchecked Sendable {
    /// Whether it came in time. `nil` until it comes or the limit has passed.
    private(set) var isInTime: Bool?

    private var waiter: UnsafeContinuation<Bool, Never>?
    private var timer: LoopTimer?

    /// Creates a wait of at most `time` from now.
    init(on loop: IOLoop, for time: Duration) {
        let timer = LoopTimer(on: loop) { [unowned self] in self.end(inTime: false) }
        self.timer = timer
        timer.schedule(at: loop.now + time.nanoseconds)
    }

    deinit {
        self.timer?.cancel()
    }

    /// Notes that it has come.
    func succeed() {
        self.end(inTime: true)
    }

    private func end(inTime isInTime: Bool) {
        guard self.isInTime == nil else { return }
        self.isInTime = isInTime
        self.timer?.cancel()
        self.waiter?.resume(returning: isInTime)
        self.waiter = nil
    }

    /// Waits until it has come or the limit has passed. Returns whether it came in time. At most one caller may wait.
    func wait(isolation: isolated (any Actor)? = #isolation) async -> Bool {
        if let isInTime { return isInTime }
        return await withUnsafeContinuation { waiter in
            // It may have come on the way here.
            if let isInTime = self.isInTime { return waiter.resume(returning: isInTime) }
            self.waiter = waiter
        }
    }
}
