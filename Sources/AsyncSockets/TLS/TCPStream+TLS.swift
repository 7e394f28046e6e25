extension TCPStream {
    /// Does the TLS handshake, within the stream's deadline.
    ///
    /// - Parameters:
    ///   - serverName: For a client, the host's name or IP literal. A name is sent to the server (RFC 6066 §3).
    ///   - certificateName: For a client, the name or IP literal that the certificate must be for; `nil` means
    ///     `serverName`.
    ///   - early: For a server, the part of the handshake that has already been received.
    /// - Returns: What a client learnt about the server; an empty value for a server.
    /// - Throws: ``SocketError``: `notTLS` if a client speaks something else, `tls` if the handshake fails, `exhausted`
    ///   if this machine has run out of what the handshake needs.
    @discardableResult
    public func startTLS(
        _ context: TLSContext,
        serverName: String? = nil,
        certificateName: String? = nil,
        early: [UInt8] = [],
        isolation: isolated (any Actor)? = #isolation
    ) async throws(SocketError) -> TLSPeer {
        self.loop.requireCurrent("A TCPStream")
        let security = try OpenSSLSession(
            context: context,
            buffers: self.loop.buffers,
            serverName: serverName,
            certificateName: certificateName ?? serverName
        )
        if !context.isServer {
            _ = try self.continueHandshake(security, with: UnsafeRawBufferPointer(start: nil, count: 0))
        }
        var isFirst = context.isServer
        if isFirst, let first = early.first {
            guard first == Self.handshakeRecord else { throw Self.notTLS }
            isFirst = false
            let result = early.withUnsafeBytes { bytes in
                Result { () throws(SocketError) in try self.continueHandshake(security, with: bytes) }
            }
            if try result.get() { return security.peer }
        }
        while true {
            // Checked in each round too: waiting ends at once on a stream that has failed.
            if let failure = self.failure { throw failure }
            switch self.receiveSealed() {
            case .bytes(let bytes):
                if isFirst, bytes.first != Self.handshakeRecord {
                    throw Self.notTLS
                }
                isFirst = false
                if try self.continueHandshake(security, with: bytes) { return security.peer }
            case .wouldBlock:
                await self.waitUntilReadable()
            case .closed:
                throw SocketError(.closed, "the peer closed the connection during the TLS handshake")
            case .failed:
                throw self.failure ?? SocketError(.closed, "the connection is closed")
            }
        }
    }

    private static let notTLS = SocketError(.notTLS, "the client does not speak TLS")

    /// RFC 8446 §5.1: ContentType handshake.
    private static let handshakeRecord: UInt8 = 22

    /// Whether the handshake is complete.
    private func continueHandshake(
        _ security: OpenSSLSession,
        with bytes: UnsafeRawBufferPointer
    ) throws(SocketError) -> Bool {
        var output = SealedOutput(self.loop.buffers.sealed)
        let progress = security.handshake(bytes, output: &output)
        if output.count > 0 { self.sendSealed(output.filled) }
        switch progress {
        case .needsInput:
            return false
        case .complete(let unread):
            self.unopened = Array(bytes.suffix(unread))
            self.unopenedStart = 0
            self.layer = security.takeOver()
            return true
        case .failed(let reason):
            throw SocketError(.tls, reason)
        case .exhausted(let reason):
            throw SocketError(.exhausted, reason)
        }
    }
}
