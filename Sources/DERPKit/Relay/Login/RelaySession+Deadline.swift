import AsyncSockets

extension RelaySession {
    /// Lets the stream fail when `step` has passed, or when the time for logging in is over. Every deadline before the
    /// login is set here.
    ///
    /// - Parameter isIdle: Whether the peer has begun nothing. The deadline is then earlier, so that a request that
    ///   comes at the last moment can still be answered, and a client can still log in.
    func setDeadline(_ step: Duration, isIdle: Bool = false) {
        self.stream.setDeadline(min(step, self.timeLeft - (isIdle ? self.closingTime : .zero)))
    }

    /// Whether the connection may stay open after the current answer, because its peer would have time for one more
    /// request. Otherwise the answer says that it is the last one, so that no request is cut off.
    var hasTimeForAnotherRequest: Bool {
        self.timeLeft - self.closingTime >= min(self.context.configuration.requestTimeout, self.closingTime)
    }

    private var timeLeft: Duration {
        let passed = Duration.nanoseconds(Int64(clamping: self.stream.loop.now - self.seat.start))
        return max(self.context.configuration.loginTimeout - passed, .zero)
    }

    /// The time that is kept at the end for a request that has begun.
    private var closingTime: Duration {
        min(self.context.configuration.handshakeTimeout * 2, self.context.configuration.loginTimeout / 3)
    }
}
