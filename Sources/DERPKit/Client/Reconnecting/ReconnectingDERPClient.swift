/// A client of a relay that connects again whenever it loses its connection.
///
/// ```swift
/// for try await event in client.events {
///     switch event {
///     case .connected(let connection):
///         print("connected to \(connection.serverAddress)")
///     case .disconnected(let reason, let delay):
///         print("\(reason); next try in \(delay)")
///     case .message(.packet(let source, let bytes)):
///         do {
///             try await client.send(bytes, to: source)
///         } catch {
///             print("not answered: \(error)")
///         }
///     case .message(.health(let problem)) where !problem.isEmpty:
///         print("the relay says: \(problem)")
///     case .message:
///         break
///     }
/// }
/// ```
///
/// Reading ``events`` drives the client. It connects when the first event is asked for, and the server's messages wait
/// in the socket until they are asked for. While nobody reads, nothing runs, and nothing is queued.
///
/// Between two tries it waits as its ``Policy`` says: longer after each failure, and longest after the server refused
/// it. After a Restarting message (docs/protocol.md, "Frames") it comes back at the time that the server asks for.
/// Health messages are events, and ``healthProblem`` has the last one.
public actor ReconnectingDERPClient {
    /// The key that this client logs in with, each time.
    public nonisolated let publicKey: NodePublicKey
    /// The relay.
    public nonisolated let server: DERPClient.Server

    private let key: NodePrivateKey
    private let options: DERPClient.Options
    private let group: IOLoopGroup?
    private var delays: ReconnectDelays

    private var client: DERPClient?
    private var connectedAt = ContinuousClock.now
    /// When the next try is due; `nil` for now.
    private var nextTry: ContinuousClock.Instant?
    /// What the server announced before it stopped.
    private var farewell: ReconnectDelays.Farewell?
    /// The task that waits for the next try and then makes it.
    private var attempt: Task<Result<DERPClient, DERPError>, Never>?
    private var isHome: Bool?
    private(set) var isReceiving = false
    private var isClosed = false

    /// The last problem with the connection that the server reported, as a text for people of at most 500 characters.
    /// `nil` if there is none, and while there is no connection.
    public private(set) var healthProblem: String?

    /// Makes a client that isn't connected yet. Read ``events`` to connect.
    ///
    /// - Parameters:
    ///   - server: The relay.
    ///   - key: The key to log in with. Peers know the client by its public key.
    ///   - options: The options of each connection.
    ///   - policy: How long to wait between two tries.
    ///   - group: The event loops, as for ``DERPClient/connect(to:as:options:on:)``.
    public init(
        to server: DERPClient.Server,
        as key: NodePrivateKey = NodePrivateKey(),
        options: DERPClient.Options = DERPClient.Options(),
        policy: Policy = Policy(),
        on group: IOLoopGroup? = nil
    ) {
        self.server = server
        self.key = key
        self.publicKey = key.publicKey
        self.options = options
        self.group = group
        self.delays = ReconnectDelays(policy)
    }

    /// Whether there is a connection, as far as the client knows.
    public var isConnected: Bool { self.client != nil }
}

// MARK: Sending

extension ReconnectingDERPClient {
    /// Sends `packet`, 0…65536 bytes, to the client with the key `destination`, as ``DERPClient/send(_:to:)`` does.
    ///
    /// - Throws: ``DERPError`` with code `misuse` if the packet is too large; `closed` after ``shutdown(within:)``;
    ///   `connectionLost` while there is no connection. The packet is dropped then.
    public func send(_ packet: [UInt8], to destination: NodePublicKey) async throws(DERPError) {
        try await self.connection().send(packet, to: destination)
    }

    /// Asks the server for a pong with the same 8 bytes. Throws as ``send(_:to:)`` does.
    public func ping(_ data: UInt64) async throws(DERPError) {
        try await self.connection().ping(data)
    }

    /// Tells the server whether it is this client's home, now and on each later connection.
    public func notePreferred(_ isHome: Bool) async {
        self.isHome = isHome
        // If the connection is lost, the next one sends it again.
        try? await self.client?.notePreferred(isHome)
    }

    private func connection() throws(DERPError) -> DERPClient {
        guard !self.isClosed else { throw DERPError(.closed, "this client was shut down") }
        guard let client = self.client else { throw DERPError(.connectionLost, "not connected to \(self.server)") }
        return client
    }

    /// Sends the waiting bytes and closes the connection, within `time`. The client doesn't connect again, and
    /// ``events`` ends.
    public func shutdown(within time: Duration = .seconds(1)) async {
        self.isClosed = true
        self.attempt?.cancel()
        await self.client?.close(within: time)
    }
}

// MARK: Receiving

extension ReconnectingDERPClient {
    /// Returns the next event; `nil` after ``shutdown(within:)``, and if the task is cancelled.
    func next() async throws(DERPError) -> Event? {
        guard !self.isReceiving else {
            throw DERPError(.misuse, "another task receives from this client: only one may at a time")
        }
        self.isReceiving = true
        defer { self.isReceiving = false }
        guard !self.isClosed else { return nil }
        guard let client = self.client else { return try await self.connect() }
        return try await self.receive(from: client)
    }

    private func connect() async throws(DERPError) -> Event? {
        let attempt = self.makeAttempt()
        self.attempt = attempt
        let result = await withTaskCancellationHandler {
            await attempt.value
        } onCancel: {
            attempt.cancel()
        }
        self.attempt = nil
        switch result {
        case .success(let client):
            guard !self.isClosed else {
                await client.close(within: .zero)
                return nil
            }
            self.client = client
            self.connectedAt = .now
            self.farewell = nil
            if let isHome = self.isHome { try? await client.notePreferred(isHome) }
            return .connected(client)
        case .failure(let error):
            if self.isClosed { return nil }
            // The try stays due.
            if error.code == .cancelled { return nil }
            return self.retry(after: self.delays.afterFailure(error, now: .now), because: error)
        }
    }

    private func makeAttempt() -> Task<Result<DERPClient, DERPError>, Never> {
        let (server, key, options, group) = (self.server, self.key, self.options, self.group)
        let instant = self.nextTry
        return Task {
            if let instant { try? await Task.sleep(until: instant) }
            guard !Task.isCancelled else { return .failure(DERPError(.cancelled, "connecting was cancelled")) }
            return await Result.awaiting { () throws(DERPError) in
                try await DERPClient.connect(to: server, as: key, options: options, on: group)
            }
        }
    }

    private func receive(from client: DERPClient) async throws(DERPError) -> Event? {
        switch await Result.awaiting({ () throws(DERPError) in try await client.receive() }) {
        case .success(let message):
            switch message {
            case .health(let problem): self.healthProblem = problem.isEmpty ? nil : problem
            case .restarting(let delay, let span):
                self.farewell = ReconnectDelays.Farewell(reconnectAfter: delay, tryFor: span)
            default: break
            }
            return .message(message)
        case .failure(let error):
            if self.isClosed { return nil }
            // In these two cases, the connection itself is fine.
            if error.code == .cancelled { return nil }
            if error.code == .misuse { throw error }
            self.client = nil
            self.healthProblem = nil
            await client.close(within: .zero)
            let now = ContinuousClock.now
            let delay = self.delays.afterLoss(lifetime: now - self.connectedAt, farewell: self.farewell, now: now)
            return self.retry(after: delay, because: error)
        }
    }

    private func retry(after delay: Duration, because error: DERPError) -> Event {
        self.nextTry = .now + delay
        return .disconnected(error, retryAfter: delay)
    }
}
