import AsyncSockets

/// A client of a DERP relay, such as a ``RelayServer``.
///
/// ```swift
/// let client = try await DERPClient.connect(to: .init(url: url))
/// print("connected to \(client.serverAddress) as \(client.publicKey)")
///
/// for number in 1...3 {
///     try await client.send(Array("packet \(number)".utf8), to: client.publicKey)
/// }
/// ```
///
/// Receive all the time, with ``messages`` or ``receive(within:)``. Only then does the client answer the server's pings
/// and notice that the server is silent. Messages that nobody receives stay in the socket, so that a fast server has to
/// wait.
///
/// A lost connection doesn't come back: connect again, or use ``ReconnectingDERPClient``. Call ``close(within:)`` when
/// you no longer need a client, also after its connection is lost. Until then, or until it is released, it keeps its
/// socket.
public actor DERPClient {
    /// The loop that serves the connection. The client keeps it running even after its group is gone.
    package nonisolated let loop: IOLoop
    /// The key that this client logged in with.
    public nonisolated let publicKey: NodePublicKey
    /// The server's key.
    public nonisolated let serverKey: NodePublicKey
    /// The ServerInfo that the server sent at login.
    public nonisolated let serverInfo: ServerInfo
    /// The address that the client is connected to.
    public nonisolated let serverAddress: IPEndpoint
    /// The details of TLS; `nil` over plain HTTP.
    package nonisolated let tls: TLSDetails?
    /// Whether DERP started without an HTTP response.
    package nonisolated let isFastStart: Bool

    /// The connection, for code that runs on the loop and must not wait for an actor.
    package nonisolated let link: ClientLink

    private let privateKey: NodePrivateKey
    /// The messages that were received but not asked for yet: at most those of one read.
    private var backlog: [Message] = []
    private var backlogStart = 0
    private lazy var box = SecretBox(privateKey: self.privateKey, peer: self.serverKey)

    public nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    init(_ connection: ClientDialer.Connection, key: NodePrivateKey, loop: IOLoop) {
        self.loop = loop
        self.publicKey = key.publicKey
        self.serverKey = connection.welcome.serverKey
        self.serverInfo = connection.welcome.info
        self.serverAddress = connection.address
        self.tls = connection.tls.map { TLSDetails($0) }
        self.isFastStart = connection.isFastStart
        self.link = connection.link
        self.privateKey = key
    }

    deinit {
        let link = self.link
        Task(executorPreference: self.loop) { link.abort() }
    }

    /// Connects to `server` and logs in as `key`.
    ///
    /// - Parameters:
    ///   - server: The relay.
    ///   - key: The key by which peers know the client. By default a new one.
    ///   - options: How the client logs in, and its timeouts and limits.
    ///   - group: The event loops. One of them serves the connection, and runs for as long as the client exists. `nil`
    ///     for a loop that all clients without a group share.
    /// - Throws: ``DERPError`` with code `connection` if the server can't be reached; `tls` if it doesn't use TLS or
    ///   its certificate is not trusted; `handshake` if it isn't a relay; `wrongServerKey` if it has another key than
    ///   ``Options/serverKey`` or than its certificate says; `refused` if it doesn't admit this client, with the
    ///   server's reason if it gave one; `timeout`; `cancelled`; `exhausted` if this machine ran out of files, memory or
    ///   threads.
    public static func connect(
        to server: Server,
        as key: NodePrivateKey = NodePrivateKey(),
        options: Options = Options(),
        on group: IOLoopGroup? = nil
    ) async throws(DERPError) -> DERPClient {
        try await self.connect(to: server, as: key, options: options, on: IOLoop.any(of: group))
    }

    /// Connects on the given loop, as ``connect(to:as:options:on:)`` does.
    package static func connect(
        to server: Server,
        as key: NodePrivateKey = NodePrivateKey(),
        options: Options = Options(),
        on loop: IOLoop
    ) async throws(DERPError) -> DERPClient {
        let deadline = ContinuousClock.now + options.connectTimeout
        let addresses =
            server.addresses.isEmpty
            ? try await HostResolver.shared.addresses(of: server.host, until: deadline) : server.addresses
        let dialer = ClientDialer(server, key: key, options: options, deadline: deadline, on: loop)
        let result = await withTaskCancellationHandler {
            // Resumes on the loop instead of the global pool, which may be busy for a long time.
            await withTaskExecutorPreference(loop) {
                await Result.awaiting { () throws(DERPError) in try await dialer.dial(addresses) }
            }
        } onCancel: {
            Task(executorPreference: loop) { await dialer.cancel() }
        }
        return DERPClient(try result.get(), key: key, loop: loop)
    }

    /// Sends the waiting bytes and closes the connection, within `time`. Then ``messages`` ends, and
    /// ``receive(within:)`` throws `closed`.
    public func close(within time: Duration = .seconds(1)) async {
        await withTaskExecutorPreference(self.loop) {
            await self.link.close(within: time)
        }
    }
}

// MARK: Receiving

extension DERPClient {
    /// Returns the next message. One task at a time may receive.
    ///
    /// - Parameter time: How long to wait for a message; `nil` to wait until the server is silent for too long.
    /// - Throws: ``DERPError`` with code `timeout` after `time` or `cancelled`, after both of which you may receive
    ///   again; `connectionLost` if the connection is lost; `protocolViolation` if the server violated the protocol;
    ///   `closed` after ``close(within:)``; `misuse` if another task receives.
    public func receive(within time: Duration? = nil) async throws(DERPError) -> Message {
        // Computed once, however many frames arrive that aren't messages.
        let deadline = time.map { self.loop.now + $0.nanoseconds }
        while self.backlogStart == self.backlog.count {
            self.backlog.removeAll(keepingCapacity: true)
            self.backlogStart = 0
            try await self.receiveFrames(until: deadline) { frame in
                if let message = Message(frame, box: { self.box }) { self.backlog.append(message) }
            }
        }
        defer { self.backlogStart += 1 }
        return self.backlog[self.backlogStart]
    }

    /// Waits for at least one frame, and calls `body` with each frame that arrived, in place and on the loop. Use it
    /// for many small packets. Frames that ``receive(within:)`` has already read are not included.
    ///
    /// - Throws: As ``receive(within:)``.
    package func receiveFrames(within time: Duration? = nil, _ body: @Sendable (ServerFrame) -> Void)
        async throws(DERPError)
    {
        try await self.receiveFrames(until: time.map { self.loop.now + $0.nanoseconds }, body)
    }

    private func receiveFrames(until deadline: UInt64?, _ body: (ServerFrame) -> Void) async throws(DERPError) {
        let result = await withTaskExecutorPreference(self.loop) {
            await Result.awaiting { () throws(DERPError) in try await self.link.receive(until: deadline, body) }
        }
        try result.get()
    }
}
