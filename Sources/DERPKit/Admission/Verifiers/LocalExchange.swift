import AsyncSockets

/// One HTTP request and its answer over a Unix socket. Pinned to the loop that serves it.
actor LocalExchange {
    private let socketPath: String
    private nonisolated let loop: IOLoop

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    init(socketPath: String, on loop: IOLoop) {
        self.socketPath = socketPath
        self.loop = loop
    }

    /// The largest body of an answer, in bytes: tailscaled describes a node and its capabilities.
    private static let bodyLimit = 1 << 20

    /// Sends the request and returns the answer.
    ///
    /// - Parameter time: How long connecting may take, and then the answer.
    /// - Throws: ``DERPError`` with code `timeout`, `connection` or `exhausted`, or `protocolViolation` if the answer
    ///   is malformed.
    func perform(
        _ request: HTTPClient.Request,
        within time: Duration
    ) async throws(DERPError) -> HTTPClient.Response {
        do {
            let stream = try await TCPStream.connect(toUnixSocket: self.socketPath, on: self.loop, within: time)
            defer { stream.close() }
            stream.setDeadline(time)
            try await stream.write(request.bytes)
            return try await Self.read(HTTPResponseReader(answerTo: request.method, bodyLimit: Self.bodyLimit), stream)
        } catch let error as SocketError {
            throw DERPError.unreached(error)
        } catch let error as DERPError {
            throw error
        } catch {
            throw DERPError(.connection, "\(error)")
        }
    }

    private static func read(
        _ reader: HTTPResponseReader,
        _ stream: TCPStream,
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> HTTPClient.Response {
        var reader = reader
        while !reader.isComplete {
            switch stream.receive() {
            case .bytes(let bytes): try reader.take(bytes)
            case .wouldBlock: await stream.waitUntilReadable()
            case .closed: try reader.end()
            case .failed: throw stream.failure ?? SocketError(.closed, "the connection is closed")
            }
        }
        return reader.response
    }
}
