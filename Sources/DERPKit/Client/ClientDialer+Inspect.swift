import AsyncSockets

extension ClientDialer {
    /// Connects, starts TLS, records what the server shows, and closes the connection.
    ///
    /// - Throws: ``DERPError`` with code `tlsTimeout` if TCP connected but TLS took too long; otherwise as
    ///   ``dial(_:)``.
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
