import AsyncSockets

extension ClientDialer {
    /// Connects, starts TLS, notes what there is to see, and closes.
    ///
    /// - Throws: ``DERPError``: `tlsTimeout` when it was connected but TLS took too long, else as ``dial(_:)``.
    func inspect(_ addresses: [IPAddress]) async throws(DERPError) -> HandshakeEvidence {
        let begin = ContinuousClock.now
        let stream = try await self.connect(to: addresses)
        let connected = ContinuousClock.now
        let address = stream.peerAddress
        let result = await Result.awaiting { () throws(DERPError) in try await self.startTLS(over: stream) }
        stream.close()
        let peer = try result.mapError { error in
            error.code == .timeout ? DERPError(.tlsTimeout, error.message) : error
        }.get()
        return HandshakeEvidence(
            address: address,
            connectTime: connected - begin,
            tlsTime: peer == nil ? nil : .now - connected,
            peer: peer
        )
    }
}
