import AsyncSockets

/// Connects to a relay and logs in. Pinned to the loop that will serve the connection.
actor ClientDialer {
    private nonisolated let loop: IOLoop
    private let server: DERPClient.Server
    private let key: NodePrivateKey
    private let options: DERPClient.Options
    private let deadline: ContinuousClock.Instant
    private var stream: TCPStream?
    private var isCancelled = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    init(
        _ server: DERPClient.Server,
        key: NodePrivateKey,
        options: DERPClient.Options,
        deadline: ContinuousClock.Instant,
        on loop: IOLoop
    ) {
        self.loop = loop
        self.server = server
        self.key = key
        self.options = options
        self.deadline = deadline
    }

    /// The result of dialing.
    struct Connection: Sendable {
        let link: ClientLink
        let welcome: ClientWelcome
        let address: IPEndpoint
        let tls: TLSPeer?
        let isFastStart: Bool
    }

    /// Stops dialing. A task that waits for it gets an error.
    func cancel() {
        self.isCancelled = true
        self.stream?.fail(SocketError(.closed, "connecting was cancelled"))
    }

    /// Connects to the first of `addresses` that accepts, and logs in.
    func dial(_ addresses: [IPAddress]) async throws(DERPError) -> Connection {
        let result = await Result.awaiting { () throws(DERPError) in try await self.logIn(at: addresses) }
        return try result.mapError { error in
            self.isCancelled ? DERPError(.cancelled, "connecting was cancelled") : error
        }.get()
    }

    private func logIn(at addresses: [IPAddress]) async throws(DERPError) -> Connection {
        let stream = try await self.connect(to: addresses)
        self.stream = stream
        // A late cancellation must not close a connection that is in use.
        defer { self.stream = nil }
        let result = await Result.awaiting { () throws(DERPError) in try await self.logIn(over: stream) }
        if case .failure = result { stream.close() }
        return try result.get()
    }

    private var timeLeft: Duration { max(self.deadline - .now, .milliseconds(1)) }

    /// Connects to the first of `addresses` that accepts.
    func connect(to addresses: [IPAddress]) async throws(DERPError) -> TCPStream {
        guard !addresses.isEmpty else { throw DERPError(.connection, "\(self.server.host) has no address") }
        let result = await Result.awaiting { () throws(SocketError) in
            try await TCPStream.connect(
                toFirstOf: addresses,
                port: self.server.port,
                on: self.loop,
                until: self.deadline,
                unless: { self.isCancelled }
            )
        }
        return try result.mapError(DERPError.init).get()
    }

    private func logIn(over stream: TCPStream) async throws(DERPError) -> Connection {
        guard !self.isCancelled else { throw DERPError(.cancelled, "connecting was cancelled") }
        let peer = try await self.startTLS(over: stream)
        let metaKey = peer?.isTLS13 == true ? peer?.certificates.last.flatMap { MetaCertificate.key(in: $0) } : nil
        let start: ClientHandshake.Start =
            switch self.options.start {
            case .automatic: metaKey == nil ? .upgrade : .fastStart
            case .upgrade: .upgrade
            case .fastStart: .fastStart
            }
        let handshake = ClientHandshake(
            privateKey: self.key,
            host: self.server.authority,
            start: start,
            serverKey: self.options.serverKey ?? (start == .fastStart ? metaKey : nil),
            idealNode: self.options.idealNode,
            info: self.options.info
        )
        let welcome = try await ClientHandshake.perform(handshake, on: stream, within: self.timeLeft)
        let link = ClientLink(stream: stream, early: welcome.early, options: self.options)
        if self.options.watchesConnections { _ = link.send(.watchConns, []) }
        return Connection(
            link: link,
            welcome: welcome,
            address: stream.peerAddress,
            tls: peer,
            isFastStart: start == .fastStart
        )
    }

    func startTLS(over stream: TCPStream) async throws(DERPError) -> TLSPeer? {
        guard case .tls(let trust) = self.server.security else { return nil }
        stream.setDeadline(self.timeLeft)
        let result = await Result.awaiting { () throws(SocketError) in
            try await stream.startTLS(
                trust.context,
                serverName: self.server.host,
                certificateName: trust.certificateName
            )
        }
        return try result.mapError { error in
            error.code == .timeout
                ? DERPError(.timeout, "TLS with \(self.server) took too long")
                : DERPError(.tls, "TLS with \(self.server): \(error.message)")
        }.get()
    }
}
