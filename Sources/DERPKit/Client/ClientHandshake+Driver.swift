import AsyncSockets

extension ClientHandshake {
    /// Logs in over a connected stream. If the connection uses TLS, it must have started already. The stream stays open
    /// in any case.
    ///
    /// - Parameter time: How long the login may take in all.
    /// - Throws: ``DERPError`` with code `timeout`; `connection` if the stream fails or the server closes it;
    ///   `handshake` if the server's answer can't be read; `refused` if the server doesn't admit the client.
    @_spi(Benchmarks) public static func perform(
        _ handshake: Self,
        on stream: TCPStream,
        within time: Duration = .seconds(10),
        isolation: isolated (any Actor)? = #isolation
    ) async throws(DERPError) -> ClientWelcome {
        var handshake = handshake
        stream.setDeadline(time)
        try await Self.send(handshake.request, on: stream)
        while true {
            let step: Step
            switch stream.receive() {
            case .bytes(let bytes): step = try handshake.take(bytes)
            case .wouldBlock:
                await stream.waitUntilReadable()
                continue
            case .closed: throw handshake.failureOnClose
            case .failed: throw Self.failure(of: stream)
            }
            switch step {
            case .receive: break
            case .send(let bytes): try await Self.send(bytes, on: stream)
            case .complete(let welcome):
                stream.setDeadline(nil)
                return welcome
            }
        }
    }

    private static func send(
        _ bytes: [UInt8],
        on stream: TCPStream,
        isolation: isolated (any Actor)? = #isolation
    ) async throws(DERPError) {
        do {
            try await stream.write(bytes)
        } catch {
            throw Self.failure(of: stream)
        }
    }

    private static func failure(of stream: TCPStream) -> DERPError {
        guard let failure = stream.failure else { return DERPError(.connection, "the connection is closed") }
        return DERPError(failure.code == .timeout ? .timeout : .connection, failure.message)
    }
}
