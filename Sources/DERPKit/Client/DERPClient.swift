import AsyncSockets

/// A client of a DERP relay: the other end of a ``RelayServer``'s connections.
///
/// ```swift
/// let group = try IOLoopGroup()
/// let client = try await DERPClient.connect(to: .init(url: "https://derp.example.com"), on: group.loops[0])
/// try await client.send(packet, to: peer)
/// let message = try await client.receive()
/// ```
///
/// Receive steadily: that is also when the server's pings are answered and its silence is noticed. What nobody receives
/// stays in the socket, so that a fast server waits. A failed connection isn't made anew: connect again.
public actor DERPClient {
    /// The loop that serves the connection. The client keeps it running, also when its group is gone.
    public nonisolated let loop: IOLoop
    /// Whom this client is.
    public nonisolated let publicKey: NodePublicKey
    /// Who the server is.
    public nonisolated let serverKey: NodePublicKey
    /// What the server told of itself at login.
    public nonisolated let serverInfo: ServerInfo
    /// The address that the client is connected to.
    public nonisolated let serverAddress: IPEndpoint
    /// What TLS told of the server; `nil` over plain HTTP.
    public nonisolated let tls: TLSPeer?
    /// Whether DERP began without an HTTP response.
    public nonisolated let isFastStart: Bool

    /// The connection, for those who are on ``loop`` themselves and must not wait for an actor.
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
        self.tls = connection.tls
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
    /// - Throws: ``DERPError``: `connection` when the server can't be reached; `tls` when it speaks none or its
    ///   certificate is not trusted; `handshake` when it is no relay; `refused` when it doesn't admit this client, with
    ///   its reason if it gave one; `timeout`; `cancelled`.
    public static func connect(
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

    /// Sends what waits, and closes the connection, within `time`. Whoever receives finds it closed.
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
    /// - Throws: ``DERPError``: `timeout` when it took longer than `time`, or `cancelled`: one may receive again;
    ///   `timeout` or `connection` when the connection is over; `protocolViolation` when the server sent nonsense.
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

    /// Receives until there is a frame, and gives `body` each frame of what was received, in place and on ``loop``: the
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
