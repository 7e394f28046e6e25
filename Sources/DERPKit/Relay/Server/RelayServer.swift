import AsyncSockets
import Logging
import STUNKit
import ServiceLifecycle

/// A DERP relay: listens, admits clients, and forwards their packets.
///
/// ```swift
/// let relay = try RelayServer(configuration: configuration)
/// try await relay.run()
/// ```
///
/// It is a `Service` of swift-service-lifecycle: in a `ServiceGroup` it stops gracefully. It doesn't touch the process:
/// it installs no signal handler and never exits. Relays in one process share nothing but the threads that look up
/// names: of the servers that they fetch from, of other nodes, and of admission controllers.
public actor RelayServer: Service {
    /// The settings with which the relay was created.
    public nonisolated let configuration: Configuration

    /// The addresses on which the relay listens, in the order of the configuration, with the ports that the kernel
    /// chose. Empty unless the relay runs.
    public private(set) var boundAddresses: [IPEndpoint] = []
    /// The addresses on which the relay serves plain HTTP, in the order of the configuration, with the ports that the
    /// kernel chose. Empty unless the relay runs.
    public private(set) var boundPlainHTTPAddresses: [IPEndpoint] = []
    /// The addresses on which the relay answers STUN, in the order of the configuration, with the ports that the kernel
    /// chose. Empty unless the relay runs.
    public var boundSTUNAddresses: [IPEndpoint] { get async { await self.stun.boundAddresses } }

    /// The DERP map that is served.
    public nonisolated let regionMap: RegionMap

    private let group: IOLoopGroup
    nonisolated let relays: [RelayLoop]
    nonisolated let context: RelayContext
    nonisolated let certificates: CertificateSet?
    private let tls: RelayTLS?
    let stun: STUNServer
    let logger: Logger
    private var state = State.new
    private(set) var listeners: [TCPListener] = []

    // RelayServer+Takeover.swift
    nonisolated let takeovers = TakeoverTally()
    var takeoverListener: MessageListener?
    var successionCount = 0
    var hasLentSockets = false
    /// The links to the other process, while it still has clients.
    var takeoverLinks: [TakeoverLinks.Peer: Task<Void, Never>] = [:]
    /// Callers that want to stop the relay, but wait until it has started.
    private var startWaiters: [CheckedContinuation<Void, Never>] = []
    /// The tasks that keep things up to date for new clients.
    private var updates: [Task<Void, Never>] = []
    /// The tasks that keep things up to date for all clients.
    private var followers: [Task<Void, Never>] = []
    /// The links to the other nodes of the mesh.
    let links: [MeshLink]
    private var linkTasks: [Task<Void, Never>] = []
    private var waiters: [CheckedContinuation<Void, Never>] = []
    /// A reference to itself, which keeps a started relay alive until it has stopped.
    private var whileRunning: RelayServer?

    private enum State {
        case new, starting, running, retiring, stopping, stopped
    }

    /// Whether the relay accepts clients.
    var isServing: Bool { self.state == .running }
    var takeoverLoop: IOLoop? { self.group.loops.first }

    /// Creates a relay that doesn't listen yet.
    ///
    /// - Parameters:
    ///   - configuration: The relay's settings. They can't be changed later.
    ///   - group: The event loops that serve clients. `nil`: the relay has its own threads, as many as
    ///     ``Configuration/loopCount`` says. Relays, clients and STUN servers may share loops; they then share the time
    ///     of these threads.
    ///   - logger: `nil` logs nothing. Its handler is called on the event loops, which serve all clients, so it must
    ///     not block: a handler that writes to a pipe which nobody reads stops the relay. `DERPServer` puts lines into
    ///     a bounded queue, which its own thread writes out, and counts the lines that it drops. Lines that others can
    ///     cause are limited: ten of a kind at once, then one every ten seconds, with the number `left_out` before it.
    /// - Throws: ``DERPError`` with code `invalidConfiguration` or `certificate`.
    public init(configuration: Configuration, on group: IOLoopGroup? = nil, logger: Logger? = nil) throws(DERPError) {
        try configuration.validate()
        self.configuration = configuration
        self.logger = logger ?? Logger(label: "derp") { _ in SwiftLogNoOpLogHandler() }
        if let group { self.group = group } else { self.group = try Self.group(of: configuration) }
        let loops = self.group.loops
        self.relays = loops.map {
            RelayLoop(
                loop: $0,
                writeTimeout: configuration.writeTimeout > .zero ? configuration.writeTimeout : nil,
                queueDelayLimit: configuration.queueDelayLimit > .zero ? configuration.queueDelayLimit : nil,
                queueMemory: max(configuration.queueMemory / loops.count, 1 << 20)
            )
        }
        RelayLoop.connect(self.relays)
        let rates = RateTable(configuration.rateLimitFile?.limits ?? configuration.rateLimits)
        self.relays.forEach { $0.setRates(rates) }
        self.certificates = try configuration.security.certificates()
        self.regionMap = try RegionMap(
            ownRegion: Self.region(configuration.region, with: self.certificates),
            sources: configuration.mapSources,
            on: self.group,
            logger: self.logger
        )
        self.tls = try self.certificates.map { certificates throws(DERPError) in
            try RelayTLS(certificates: certificates, key: configuration.privateKey.publicKey)
        }
        self.context = RelayContext(
            configuration: configuration,
            forwarder: PacketForwarder(relays: self.relays),
            regionMap: self.regionMap,
            logger: self.logger
        )
        self.links = Self.links(on: self.relays, context: self.context)
        self.stun = STUNServer(addresses: configuration.stunAddresses, on: self.group)
        Self.reportChanges(of: self.certificates, and: self.regionMap, to: self.context.events)
    }

    deinit {
        // Nothing runs on the loops: a started relay keeps itself alive until it has stopped.
        self.relays.forEach { $0.disconnect() }
    }

    private static func group(of configuration: Configuration) throws(DERPError) -> IOLoopGroup {
        do {
            return try IOLoopGroup(
                count: configuration.loopCount ?? ProcessorProbe().count,
                waiting: configuration.loopWaiting
            )
        } catch {
            throw DERPError(.invalidConfiguration, error.message)
        }
    }
}

extension RelayServer {
    /// Runs `body` on the thread of each loop, one loop after the other.
    package nonisolated func onEachLoop(_ body: @escaping @Sendable () -> Void) async {
        for relay in self.relays { await relay.loop.run(body) }
    }

    /// Returns the addresses from which `key` is connected to this relay.
    package nonisolated func addresses(of key: NodePublicKey) async -> [IPEndpoint] {
        await self.context.forwarder.addresses(of: key)
    }
}

// MARK: Life

extension RelayServer {
    /// Starts the relay unless it has been started, and serves until it is told to stop: by ``shutdown()``, by the
    /// graceful shutdown of its `ServiceGroup`, or by the cancellation of the task. Returns when everything is closed.
    ///
    /// The relay keeps itself up to date while it runs. It follows the files of certificates, key lists, rates and
    /// maps, fetches maps from URLs, orders and renews certificates by ACME, and publishes its own pin and ports in the
    /// map.
    ///
    /// If the relay was shut down already, this returns at once.
    ///
    /// - Throws: The errors of ``start()``, except `misuse`.
    public func run() async throws(DERPError) {
        if case .new = self.state { try await self.start() }
        await withTaskCancellationOrGracefulShutdownHandler {
            await self.waitUntilStopped()
        } onCancelOrGracefulShutdown: {
            Task { await self.shutdown() }
        }
    }

    /// Starts to listen on all addresses, or on none if one fails. A relay can be started once, and runs until
    /// ``shutdown()``. It keeps itself up to date as ``run()`` describes.
    ///
    /// Maps from URLs are fetched once the relay listens. Until then, the map has what the cache has of them.
    ///
    /// - Throws: ``DERPError`` with code `addressInUse` or `listen`, naming the address, when the relay can't listen;
    ///   `takeover` when it can't take over from the previous relay; `invalidConfiguration` for a map's file that can't be used; or
    ///   `misuse` if the relay has been started or shut down.
    public func start() async throws(DERPError) {
        guard case .new = self.state else {
            throw DERPError(.misuse, "a relay can be started only once: make another one")
        }
        self.state = .starting
        self.whileRunning = self
        let opening = await Result.awaiting { () throws(DERPError) in try await self.open() }
        if case .failure(let failure) = opening {
            self.hasStarted()
            await self.shutdown()
            throw failure
        }
        let regionMap = self.regionMap
        let bootstrapDNS = self.context.bootstrapDNS
        let (relays, context) = (self.relays, self.context)
        self.updates = [
            Task { await regionMap.run() }, Task { await bootstrapDNS.run(for: regionMap) },
            Task { await context.memory.run(over: relays, gate: context.gate, refusals: context.refusals) },
            Task { await self.retryAwaitingSuccessor() },
        ]
        self.updates += self.followCertificates()
        self.followers = self.followFiles()
        self.linkTasks = self.links.map { link in Task(executorPreference: link.loop) { await link.run() } }
        self.hasStarted()
        self.logger.debug(
            "Relay started",
            metadata: [
                "addresses": "\(self.boundAddresses)", "loops": "\(self.relays.count)",
                "key": "\(self.configuration.privateKey.publicKey)",
            ]
        )
    }

    /// Reads the map's files, and listens.
    private func open() async throws(DERPError) {
        try await self.regionMap.loadFiles()
        let predecessor = try await self.findPredecessor()
        try await self.listen(with: predecessor)
        try await self.succeed(predecessor)
        try await self.publishChosenPorts()
    }

    private func listen(with predecessor: Predecessor?) async throws(DERPError) {
        let inherited = predecessor?.sockets ?? InheritedSockets()
        self.takeovers.noteInherited(inherited.count)
        let result = await Result.awaiting { () throws(DERPError) in
            // All ports are taken before any of them accepts a connection.
            do throws(SocketError) {
                try self.bind(inherited)
            } catch {
                let areBound = self.boundAddresses.count == self.configuration.addresses.count
                throw DERPError(listening: error, areBound ? .plainHTTPAddresses : .addresses)
            }
            try await self.listening(.stunAddresses) { () throws(SocketError) in
                try await self.stun.start { inherited.take(.stun, $0) }
            }
            // Clients that log in here can then reach those at the predecessor.
            if let links = predecessor?.links { self.link(by: links, to: .predecessor) }
            for (index, listener) in self.listeners.enumerated() {
                let isPlain = index >= self.configuration.addresses.count
                try await self.listening(isPlain ? .plainHTTPAddresses : .addresses) { () throws(SocketError) in
                    try await listener.start()
                }
            }
        }
        guard case .failure(let failure) = result else { return }
        await predecessor?.abandon()
        throw failure
    }

    /// Runs `body`, which can fail because of an address of `setting`.
    private func listening(
        _ setting: DERPError.Setting,
        _ body: () async throws(SocketError) -> Void
    ) async throws(DERPError) {
        let result = await Result.awaiting { () throws(SocketError) in try await body() }
        try result.mapError { DERPError(listening: $0, setting) }.get()
    }

    private func hasStarted() {
        self.state = .running
        self.startWaiters.forEach { $0.resume() }
        self.startWaiters = []
    }

    /// Stops the relay: accepts nobody, sends each client Restarting, waits up to the configured time for peers to read
    /// what is queued for them, and closes. Returns when everything is closed. A relay that was shut down can't be
    /// started again; make another one.
    public func shutdown() async {
        while case .starting = self.state { await withCheckedContinuation { self.startWaiters.append($0) } }
        switch self.state {
        case .stopped: return
        case .stopping: return await self.waitUntilStopped()
        case .new, .starting, .running, .retiring: self.state = .stopping
        }
        (self.updates + self.followers).forEach { $0.cancel() }
        await self.closeSockets()
        let farewell = Self.farewell
        let time = self.configuration.drainTimeout
        await withTaskGroup(of: Void.self) { tasks in
            for relay in self.relays {
                tasks.addTask { await relay.loop.run { await relay.drain(farewell: farewell, within: time) } }
            }
        }
        // Not earlier: when a link breaks, clients are told that its peers left, although they are still there.
        let linkTasks = self.linkTasks + self.takeoverLinks.values
        linkTasks.forEach { $0.cancel() }
        for task in linkTasks { await task.value }
        self.linkTasks = []
        self.takeoverLinks = [:]
        self.listeners = []
        self.boundAddresses = []
        self.boundPlainHTTPAddresses = []
        self.state = .stopped
        self.context.lines.flush()
        self.context.events.finish()
        self.logger.debug("Relay stopped")
        self.waiters.forEach { $0.resume() }
        self.waiters = []
        self.whileRunning = nil
    }

    private static let farewell = Frame.restarting(reconnectAfter: .zero, tryFor: .seconds(30))

    private func closeSockets() async {
        await self.takeoverListener?.close()
        await self.stun.shutdown()
        for listener in self.listeners { await listener.close() }
    }

    /// Leaves new clients to the successor, which listens on the same sockets.
    func stopListening() async {
        guard case .running = self.state else { return }
        self.state = .retiring
        self.updates.forEach { $0.cancel() }
        self.logger.info("Another process has taken over")
        await self.closeSockets()
    }

    /// Sends the clients away evenly over `time`, each as in ``shutdown()``, and then stops.
    func retire(over time: Duration) async {
        let farewell = Self.farewell
        // This is set on every loop before the first client leaves.
        for relay in self.relays { await relay.loop.run { relay.isRetiring = true } }
        await withTaskGroup(of: Void.self) { tasks in
            for relay in self.relays {
                tasks.addTask { await relay.loop.run { await relay.dismissClients(farewell, over: time) } }
            }
        }
        await self.shutdown()
    }

    private func waitUntilStopped() async {
        if case .stopped = self.state { return }
        await withCheckedContinuation { self.waiters.append($0) }
    }
}

// MARK: Limits

extension RelayServer {
    /// Changes the rates that are in force. They hold at once for connected clients, which are told their new rate when
    /// they log in again.
    public func setRateLimits(_ limits: RateLimits) async {
        let rates = RateTable(limits)
        for relay in self.relays { await relay.loop.run { relay.setRates(rates) } }
    }
}

// MARK: Listening

extension RelayServer {
    private func bind(_ inherited: InheritedSockets) throws(SocketError) {
        for address in self.configuration.addresses {
            let router = HTTPRouter(configuration: self.configuration, port: .relay)
            let sockets = inherited.take(.relay, address)
            let listener = try self.bind(to: address, router: router, tls: self.tls, with: sockets)
            self.boundAddresses.append(listener.address)
        }
        guard let tlsPort = self.boundAddresses.first?.port else { return }
        for address in self.configuration.plainHTTPAddresses {
            let router = HTTPRouter(
                configuration: self.configuration,
                port: .plainHelper(tlsPort: tlsPort, hosts: self.configuration.ownHosts)
            )
            let sockets = inherited.take(.plainHTTP, address)
            let listener = try self.bind(to: address, router: router, tls: nil, with: sockets)
            self.boundPlainHTTPAddresses.append(listener.address)
        }
    }

    private func bind(
        to address: IPEndpoint,
        router: HTTPRouter,
        tls: RelayTLS?,
        with inherited: [OwnedDescriptor]
    ) throws(SocketError) -> TCPListener {
        let relays = self.relays
        let context = self.context
        let logger = self.logger
        let port = RelayPort(
            router: router,
            tls: tls,
            metrics: self.metrics,
            certificates: self.certificates
        )
        let listener = try TCPListener(
            binding: address,
            group: self.group,
            options: self.configuration.tcpOptions,
            inherited: inherited,
            isNewcomer: { context.gate.isFirst(from: $0.ip) },
            onAcceptFailure: { loop, error in
                let relay = relays[loop.index]
                if error.code == .outOfFiles {
                    context.lines.shortages.log(.warning, "Accept failed", metadata: ["error": "\(error)"])
                    relay.counters.connectionRefusals[.files] += 1
                    context.refusals.noteShortage(now: loop.now)
                    context.gate.makeRoom(RefusalPool.step, for: .files)
                    for relay in relays { relay.leave(.giveWay(RefusalPool.step)) }
                } else {
                    relay.counters.acceptFailures += 1
                    logger.debug("Accept failed", metadata: ["error": "\(error)"])
                }
            },
            onAccept: { stream in
                let relay = relays[stream.loop.index]
                let session: RelaySession
                do throws(ConnectionRefusal) {
                    session = try RelaySession(stream: stream, relay: relay, context: context, port: port)
                } catch {
                    relay.counters.connectionRefusals[error] += 1
                    stream.close()
                    return
                }
                relay.opened(stream)
                Task(executorPreference: relay.strangers) { await session.run() }
            }
        )
        self.listeners.append(listener)
        return listener
    }
}
