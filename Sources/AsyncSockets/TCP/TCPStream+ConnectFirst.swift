extension TCPStream {
    /// Connects to the first of `addresses` that lets it.
    ///
    /// Each address gets its share of the time that is left, so that a silent one doesn't use up all of it.
    ///
    /// - Parameters:
    ///   - isGivenUp: Whether no further address is to be tried.
    /// - Throws: ``SocketError``, as ``connect(to:from:on:within:)``: of the last address, or of the first one for which
    ///   this machine was in the way; `closed` if no address was tried.
    package static func connect(
        toFirstOf addresses: [IPAddress],
        port: UInt16,
        on loop: IOLoop,
        until deadline: ContinuousClock.Instant,
        isolation: isolated (any Actor)? = #isolation,
        unless isGivenUp: () -> Bool
    ) async throws(SocketError) -> TCPStream {
        var failure = SocketError(.closed, "the host has no address")
        for (index, address) in addresses.enumerated() where !isGivenUp() {
            let time = max(deadline - .now, .milliseconds(1)) / (addresses.count - index)
            let result = await Result.awaiting { () throws(SocketError) in
                try await Self.connect(to: IPEndpoint(address, port: port), on: loop, within: time)
            }
            switch result {
            case .success(let stream): return stream
            // If this machine was in the way of one address, it isn't known that nobody is there.
            case .failure(let error): if !failure.isLocal { failure = error }
            }
        }
        throw failure
    }
}
