import AsyncSockets

extension RelaySession {
    /// Has the stream fail when `step` has passed, or all the time that there is until a client has logged in. Every deadline
    /// before that is set here.
    ///
    /// - Parameter isIdle: whether the peer is waited for with nothing begun. It then ends earlier, so that a request that comes at the
    ///   last moment can still be answered, and a client log in.
    func setDeadline(_ step: Duration, isIdle: Bool = false) {
        self.stream.setDeadline(min(step, self.timeLeft - (isIdle ? self.closingTime : .zero)))
    }

    /// Whether what is answered now may leave the connection open: its peer would have time for one more request. Otherwise it
    /// is told that this was the last one, so that none is cut off.
    var hasTimeForAnotherRequest: Bool {
        self.timeLeft - self.closingTime >= min(self.context.configuration.requestTimeout, self.closingTime)
    }

    private var timeLeft: Duration {
        let passed = Duration.nanoseconds(Int64(clamping: self.stream.loop.now - self.seat.start))
        return max(self.context.configuration.loginTimeout - passed, .zero)
    }

    /// What is left at the end for a request that has been begun.
    private var closingTime: Duration {
        min(self.context.configuration.handshakeTimeout * 2, self.context.configuration.loginTimeout / 3)
    }
}
