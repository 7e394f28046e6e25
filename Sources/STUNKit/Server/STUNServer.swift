import AsyncSockets
import ServiceLifecycle

/// Answers STUN binding requests (RFC 8489; docs/protocol.md, "STUN") of Tailscale nodes over UDP, on every loop of a group.
///
/// The server doesn't answer anything else, so it is useless as an amplifier.
///
/// ```swift
/// let server = try STUNServer(addresses: [IPEndpoint(.loopbackIPv4, port: 0)])
/// try await server.start()
/// ```
///
/// It is a `Service` of swift-service-lifecycle: in a `ServiceGroup` it stops gracefully.
public actor STUNServer: Service {
    /// The addresses at which the server was told to listen.
    public nonisolated let addresses: [IPEndpoint]
    /// The addresses at which the server listens, in the order of ``addresses`` and with the ports that the kernel
    /// chose. Empty unless the server runs.
    public private(set) var boundAddresses: [IPEndpoint] = []

    private let group: IOLoopGroup
    private let tallies: [STUNTally]
    private var workers: [STUNWorker] = []
    /// The sockets of the workers, by address.
    private var sockets: [[UDPSocket]] = []
    private var isRunning = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// Makes a server that doesn't listen yet.
    ///
    /// - Parameters:
    ///   - addresses: Where to listen. Port 0 lets the kernel choose. `[::]` is both families, or IPv4 on a machine
    ///     without IPv6.
    ///   - group: The loops to answer on. Each loop has its own socket per address.
    public init(addresses: [IPEndpoint], group: IOLoopGroup) {
        self.addresses = addresses
        self.group = group
        self.tallies = group.loops.map { _ in STUNTally() }
    }

    /// Makes a server with loops of its own, one per processor, that does not listen yet.
    ///
    /// - Throws: ``SocketError`` when this machine is out of files, memory or threads for them.
    public init(addresses: [IPEndpoint]) throws(SocketError) {
        self.init(addresses: addresses, group: try IOLoopGroup())
    }

    deinit {
        for worker in self.workers {
            Task { await worker.stop() }
        }
    }

    /// Starts the server unless it runs, and serves until it is told to stop: by ``stop()``, by the graceful shutdown of its
    /// `ServiceGroup`, or because the task is cancelled. Returns when all sockets are closed.
    ///
    /// - Throws: As ``start()``.
    public func run() async throws(SocketError) {
        try await self.start()
        await withTaskCancellationOrGracefulShutdownHandler {
            await self.waitUntilStopped()
        } onCancelOrGracefulShutdown: {
            Task { await self.stop() }
        }
    }

    private func waitUntilStopped() async {
        guard self.isRunning else { return }
        await withCheckedContinuation { self.waiters.append($0) }
    }

    /// Listens on all of ``addresses``, or on none. Does nothing while the server runs.
    ///
    /// - Throws: ``SocketError`` that names the address. Its code is `addressInUse` if another process uses the address.
    public func start() async throws(SocketError) {
        try await self.start { _ in [] }
    }

    /// Like ``start()``, but uses the sockets that `inherited` returns for an address, if there are any.
    package func start(inherited: @Sendable (IPEndpoint) -> [OwnedDescriptor]) async throws(SocketError) {
        guard self.workers.isEmpty else { return }
        var sockets: [[UDPSocket]] = []
        let count = self.group.loops.count
        for address in self.addresses {
            let adopted = UDPSocket.adopt(inherited(address), count: count)
            sockets.append(adopted.isEmpty ? try UDPSocket.bind(to: address, count: count) : adopted)
        }
        let workers = zip(self.group.loops, self.tallies).map { loop, tally in
            // A loop has several sockets of an address, or none, if another process bound them for another number of
            // loops.
            let own = sockets.flatMap { $0.enumerated().filter { $0.offset % count == loop.index }.map(\.element) }
            return STUNWorker(loop: loop, sockets: own, tally: tally)
        }
        self.workers = workers
        self.sockets = sockets
        self.isRunning = true
        self.boundAddresses = sockets.map { $0[0].localAddress }
        do {
            for worker in workers {
                try await worker.start()
            }
        } catch {
            await self.stop()
            throw error
        }
    }

    /// Closes all sockets; the ports are free when this returns. The server can be started again.
    public func stop() async {
        let workers = self.workers
        self.workers = []
        self.sockets = []
        self.boundAddresses = []
        for worker in workers {
            await worker.stop()
        }
        // Unless it was started again meanwhile.
        guard self.workers.isEmpty else { return }
        self.isRunning = false
        self.waiters.forEach { $0.resume() }
        self.waiters = []
    }

    /// Returns the sockets, by address and in the order of ``addresses``, for another process to answer at, or `nil` if
    /// there are no descriptors left.
    package func duplicates() -> [[OwnedDescriptor]]? {
        let copies = self.sockets.map { $0.compactMap { $0.duplicate() } }
        return copies.map(\.count) == self.sockets.map(\.count) ? copies : nil
    }

    /// The sum of what all loops have counted so far. They continue to count in the meantime.
    public nonisolated var counters: STUNCounters {
        var sum = STUNCounters()
        for tally in self.tallies {
            tally.add(to: &sum)
        }
        return sum
    }
}
