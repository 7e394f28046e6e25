import AsyncSockets

/// One request and its answer, on their own connection. Pinned to the loop that serves it.
actor HTTPExchange {
    private nonisolated let loop: IOLoop
    private let request: HTTPClient.Request
    private let deadline: ContinuousClock.Instant
    private var reader: HTTPResponseReader
    private var stream: TCPStream?
    private var isCancelled = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    init(_ request: HTTPClient.Request, bodyLimit: Int, deadline: ContinuousClock.Instant, on loop: IOLoop) {
        self.loop = loop
        self.request = request
        self.deadline = deadline
        self.reader = HTTPResponseReader(answerTo: request.method, bodyLimit: bodyLimit)
    }

    /// Ends the exchange. Whoever waits for it finds that it failed.
    func cancel() {
        self.isCancelled = true
        self.stream?.fail(SocketError(.closed, "the request was given up"))
    }

    /// Connects to the first of `addresses` that accepts the connection, and sends the request.
    func perform(to addresses: [IPAddress], tls: TLSContext?) async throws(DERPError) -> HTTPClient.Response {
        do {
            let stream = try await self.connect(to: addresses)
            self.stream = stream
            defer { stream.close() }
            guard !self.isCancelled else { throw SocketError(.closed, "the request was given up") }
            stream.setDeadline(self.timeLeft)
            if let tls { try await stream.startTLS(tls, serverName: self.request.url.name) }
            try await stream.write(self.request.bytes)
            return try await self.read(from: stream)
        } catch let error as SocketError {
            guard !self.isCancelled else { throw DERPError(.cancelled, "the request was given up") }
            guard !self.reader.hasBegun else { throw DERPError(.incompleteAnswer, error.message) }
            throw DERPError.unreached(error)
        } catch let error as DERPError {
            throw error
        } catch {
            throw DERPError(.connection, "\(error)")
        }
    }

    private var timeLeft: Duration { max(self.deadline - .now, .milliseconds(1)) }

    /// Connects to the first of `addresses` that lets it.
    private func connect(to addresses: [IPAddress]) async throws(SocketError) -> TCPStream {
        // Looking up the name has used all the time: nobody was asked.
        guard self.deadline > .now else { throw SocketError(.exhausted, "no time was left to connect in") }
        return try await TCPStream.connect(
            toFirstOf: addresses,
            port: self.request.url.port,
            on: self.loop,
            until: self.deadline,
            unless: { self.isCancelled }
        )
    }

    private func read(from stream: TCPStream) async throws -> HTTPClient.Response {
        while !self.reader.isComplete {
            switch stream.receive() {
            case .bytes(let bytes): try self.reader.take(bytes)
            case .wouldBlock: await stream.waitUntilReadable()
            case .closed:
                // Anybody may have cut off a body that ends with the connection, unless TLS says that it is complete.
                guard stream.layer == nil || stream.isReadClosed else {
                    throw SocketError(.closed, "the server closed the connection before its answer was whole")
                }
                try self.reader.end()
            case .failed: throw stream.failure ?? SocketError(.closed, "the connection is closed")
            }
        }
        return self.reader.response
    }
}
