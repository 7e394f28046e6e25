import AsyncSockets
import DERPKit

/// A relay in the same process, on a free port of the loopback address, for tests of code that connects to relays.
///
/// ```swift
/// try await TestRelay.run { relay in
///     let alice = try await relay.connect()
///     let bob = try await relay.connect()
///     try await alice.send([1, 2, 3], to: bob.publicKey)
///     #expect(try await bob.receive(within: .seconds(10)) == .packet(from: alice.publicKey, [1, 2, 3]))
///     await relay.cut(bob.publicKey)
///     await #expect(throws: DERPError.self) { try await bob.receive() }
/// }
/// ```
///
/// Clients connect through a proxy that makes faults on demand: ``cut(_:)``, ``stall(_:)``, ``silence(_:)``. The relay
/// itself refuses clients (``refuse(_:)``), goes down (``takeDown()``) and restarts (``restart()``). Its address, its
/// key and its certificate stay the same.
public actor TestRelay {
    /// The server to connect to, for `DERPClient.connect(to:as:options:on:)` and `ReconnectingDERPClient`. Under TLS it
    /// trusts the relay's certificate.
    public nonisolated let server: DERPClient.Server
    /// The relay's key. It stays the same when the relay restarts.
    public nonisolated let serverKey: NodePublicKey

    private let configuration: RelayServer.Configuration
    let proxy: FaultProxy
    let doorman: Doorman
    private(set) var relay: RelayServer?
    private var wasStarted = false
    private var wasShutDown = false

    /// Makes a relay that doesn't run yet, and opens its port. Connections are closed until ``start()``.
    ///
    /// By default the relay has one event loop, waits for 0.3 s when it stops, and remembers no decision about a
    /// client.
    ///
    /// - Parameters:
    ///   - security: How connections are protected.
    ///   - configure: Changes the relay's settings. Changes to its addresses and its security are ignored.
    /// - Throws: `DERPError` if a certificate can't be made, `SocketError` if there is no free port.
    public init(
        security: Security = .plain,
        _ configure: @Sendable (inout RelayServer.Configuration) -> Void = { _ in }
    ) async throws {
        let certificate = try security.certificate()
        var configuration = RelayServer.Configuration(privateKey: NodePrivateKey(), addresses: [], security: .none)
        configuration.loopCount = 1
        configuration.drainTimeout = .milliseconds(300)
        // So that ``refuse(_:)`` and ``admit(_:)`` take effect at the next login.
        configuration.admission.allowLifetime = .zero
        configuration.admission.denyLifetime = .zero
        configure(&configuration)
        let doorman = Doorman()
        configuration.addresses = [IPEndpoint(.loopbackIPv4, port: 0)]
        configuration.security = certificate.map { .tls($0) } ?? .none
        configuration.admission.verifiers.append(doorman)
        let proxy = try await FaultProxy()
        self.configuration = configuration
        self.doorman = doorman
        self.proxy = proxy
        self.serverKey = configuration.privateKey.publicKey
        self.server = DERPClient.Server(
            host: "127.0.0.1",
            port: proxy.address.port,
            security: try certificate.map { .tls(try ServerTrust.pinned($0.pin)) } ?? .none
        )
    }

    /// Starts a relay, runs `body` with it, and shuts the relay down.
    ///
    /// - Parameters:
    ///   - security: How connections are protected.
    ///   - configure: Changes the relay's settings, as for ``init(security:_:)``.
    ///   - body: The test.
    /// - Throws: Any error of ``init(security:_:)``, ``start()`` or `body`.
    public static func run<Value: Sendable>(
        security: Security = .plain,
        configure: @Sendable (inout RelayServer.Configuration) -> Void = { _ in },
        _ body: @Sendable (TestRelay) async throws -> Value
    ) async throws -> Value {
        let relay = try await TestRelay(security: security, configure)
        let result: Value
        do {
            try await relay.start()
            result = try await body(relay)
        } catch {
            await relay.shutdown()
            throw error
        }
        await relay.shutdown()
        return result
    }

    /// The relay that runs now; `nil` if none does. Clients that connect to its own address bypass the proxy and its
    /// faults.
    public var relayServer: RelayServer? { self.relay }
}

// MARK: Life

extension TestRelay {
    /// Starts the relay. A test relay can be started once, and runs until ``shutdown()``.
    ///
    /// - Throws: As `RelayServer.start()`. `DERPError` with code `misuse` if the relay has been started or shut down.
    public func start() async throws(DERPError) {
        guard !self.wasStarted else {
            throw DERPError(.misuse, "a test relay can be started only once: make another one, or use restart()")
        }
        self.wasStarted = true
        try await self.startRelay()
    }

    private func startRelay() async throws(DERPError) {
        let relay = try RelayServer(configuration: self.configuration)
        self.relay = relay
        let starting = await Result.awaiting { () throws(DERPError) in try await relay.start() }
        if case .failure(let failure) = starting {
            self.relay = nil
            throw failure
        }
        self.proxy.lead(to: await relay.boundAddresses.first)
    }

    /// Takes the relay down until ``bringUp()``: it sends Restarting to its clients and closes their connections. New
    /// connections are closed before the login. Does nothing if the relay is down.
    public func takeDown() async {
        self.proxy.lead(to: nil)
        let relay = self.relay
        self.relay = nil
        await relay?.shutdown()
    }

    /// Brings the relay up again after ``takeDown()``. Does nothing if the relay is up.
    ///
    /// - Throws: As `RelayServer.start()`. `DERPError` with code `misuse` before ``start()`` and after ``shutdown()``.
    public func bringUp() async throws(DERPError) {
        guard self.wasStarted, !self.wasShutDown else {
            throw DERPError(.misuse, "only a test relay that was started, and not shut down, can be brought up")
        }
        guard self.relay == nil else { return }
        try await self.startRelay()
    }

    /// Restarts the relay: ``takeDown()`` and ``bringUp()``.
    ///
    /// - Throws: As ``bringUp()``.
    public func restart() async throws(DERPError) {
        await self.takeDown()
        try await self.bringUp()
    }

    /// Stops the relay and closes its port. A test relay that was shut down can't be started again; make another one.
    public func shutdown() async {
        self.wasStarted = true
        self.wasShutDown = true
        await self.takeDown()
        await self.proxy.close()
    }
}

// MARK: Clients

extension TestRelay {
    /// Connects a client, and waits until the relay has admitted it.
    ///
    /// - Throws: `DERPError`, as `DERPClient.connect(to:as:options:on:)`.
    public nonisolated func connect(
        as key: NodePrivateKey = NodePrivateKey(),
        options: DERPClient.Options = DERPClient.Options()
    ) async throws(DERPError) -> DERPClient {
        try await DERPClient.connect(to: self.server, as: key, options: options)
    }

    /// Makes a client that connects again after each loss, within 50 ms. It isn't connected yet.
    public nonisolated func reconnectingClient(
        as key: NodePrivateKey = NodePrivateKey(),
        options: DERPClient.Options = DERPClient.Options()
    ) -> ReconnectingDERPClient {
        var policy = ReconnectingDERPClient.Policy()
        policy.initialDelay = .milliseconds(5)
        policy.maximumDelay = .milliseconds(50)
        policy.refusedDelay = .milliseconds(20) ... .milliseconds(50)
        return ReconnectingDERPClient(to: self.server, as: key, options: options, policy: policy)
    }
}
