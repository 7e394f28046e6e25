import AsyncSockets

/// A client of a DERP relay: the other end of a ``RelayServer``'s connections.
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
/// Receive steadily, by ``messages`` or ``receive(within:)``: that is also when the server's pings are answered and its
/// silence is noticed. What nobody receives stays in the socket, so that a fast server waits.
///
/// A dead connection stays dead: connect again, or use ``ReconnectingDERPClient``.
public actor DERPClient {
    /// The loop that serves the connection. The client keeps it running, also when its group is gone.
    package nonisolated let loop: IOLoop
    /// The key that this client logged in with.
    public nonisolated let publicKey: NodePublicKey
    /// The server's key.
    public nonisolated let serverKey: NodePublicKey
    /// What the server told of itself at login.
    public nonisolated let serverInfo: ServerInfo
    /// The address that the client is connected to.
    public nonisolated let serverAddress: IPEndpoint
    /// What TLS told of the server; `nil` over plain HTTP.
    public nonisolated let tls: TLSDetails?
    /// Whether DERP began without an HTTP response.
    public nonisolated let isFastStart: Bool

    /// The connection, for those who are on the loop themselves and must not wait for an actor.
    package nonisolated let link: ClientLink

    private let privateKey: NodePrivateKey
    /// Received, but not asked for yet: at most what one read brought.
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
    ///   - options: How the client logs in, and how patient it is.
    ///   - group: The event loops. One of them serves the connection, and runs for as long as the client exists. `nil`: a
    ///     loop that all clients without a group share.
    /// - Throws: ``DERPError``: `connection` when the server can't be reached; `tls` when it speaks none or its
    ///   certificate is not trusted; `handshake` when it is no relay; `refused` when it doesn't admit this client, with
    ///   its reason if it gave one; `timeout`; `cancelled`; `exhausted` if this machine has run out of files,
    ///   memory or threads.
    public static func connect(
        to server: Server,
        as key: NodePrivateKey = NodePrivateKey(),
        options: Options = Options(),
        on group: IOLoopGroup? = nil
    ) async throws(DERPError) -> DERPClient {
        try await self.connect(to: server, as: key, options: options, on: self.loop(of: group))
    }

    private static func loop(of group: IOLoopGroup?) throws(DERPError) -> IOLoop {
        if let group { return group.anyLoop }
        do {
            return try IOLoopGroup.shared().anyLoop
        } catch {
            throw DERPError(.exhausted, error.message)
        }
    }

    /// Connects as ``connect(to:as:options:on:)`` does, on this very loop.
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
            // Resumed on the loop and not by way of the global pool, which may be busy for long.
            await withTaskExecutorPreference(loop) {
                await Result.awaiting { () throws(DERPError) in try await dialer.dial(addresses) }
            }
        } onCancel: {
            Task(executorPreference: loop) { await dialer.cancel() }
        }
        return DERPClient(try result.get(), key: key, loop: loop)
    }

    /// Sends what waits, and closes the connection, within `time`. ``messages`` ends, and ``receive(within:)`` throws `closed`.
    public func close(within time: Duration = .seconds(1)) async {
        await withTaskExecutorPreference(self.loop) {
            await self.link.close(within: time)
        }
    }
}

// MARK: Receiving

extension DERPClient {
    /// The next message. One task at a time may receive.
    ///
    /// - Parameter time: how long to wait for it; `nil`: for as long as the server isn't silent for too long.
    /// - Throws: ``DERPError``: `timeElapsed` when it took longer than `time`, or `cancelled`: one may receive again;
    ///   `connectionLost` when the connection is dead; `protocolViolation` when the server sent nonsense; `closed` after
    ///   ``close(within:)``; `misuse` when another task receives.
    public func receive(within time: Duration? = nil) async throws(DERPError) -> Message {
        // Once, whatever comes that is no message.
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

    /// Receives until there is a frame, and gives `body` each frame of what was received, in place and on the loop: the
    /// way for many small packets. What ``receive(within:)`` has received before is not among them.
    ///
    /// - Throws: as ``receive(within:)``.
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
