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
    private var state = State.new
    private var waiters: [CheckedContinuation<Void, Never>] = []

    private enum State { case new, running, stopping, stopped }

    /// Makes a server that doesn't listen yet.
    ///
    /// - Parameters:
    ///   - addresses: Where to listen. Port 0 lets the kernel choose. `[::]` is both families, or IPv4 on a machine
    ///     without IPv6.
    ///   - group: The loops to answer on. Each loop has its own socket per address.
    public init(addresses: [IPEndpoint], on group: IOLoopGroup) {
        self.addresses = addresses
        self.group = group
        self.tallies = group.loops.map { _ in STUNTally() }
    }

    /// Makes a server with loops of its own, one per processor, that does not listen yet.
    ///
    /// - Throws: ``SocketError`` when this machine is out of files, memory or threads for them.
    public init(addresses: [IPEndpoint]) throws(SocketError) {
        self.init(addresses: addresses, on: try IOLoopGroup())
    }

    deinit {
        for worker in self.workers {
            Task { await worker.stop() }
        }
    }

    /// Starts the server unless it has been started, and serves until it is told to stop: by ``shutdown()``, by the
    /// graceful shutdown of its `ServiceGroup`, or by the cancellation of the task. Returns when all sockets are closed.
    /// If the server was shut down already, this returns at once.
    ///
    /// - Throws: As ``start()``, except `misuse`.
    public func run() async throws(SocketError) {
        if self.state == .new { try await self.start() }
        await withTaskCancellationOrGracefulShutdownHandler {
            await self.waitUntilStopped()
        } onCancelOrGracefulShutdown: {
            Task { await self.shutdown() }
        }
    }

    private func waitUntilStopped() async {
        guard self.state != .stopped else { return }
        await withCheckedContinuation { self.waiters.append($0) }
    }

    /// Listens on all of ``addresses``, or on none. A server can be started once, and runs until ``shutdown()``.
    ///
    /// - Throws: ``SocketError`` that names the address. Its code is `addressInUse` if another process uses the address.
    ///   `misuse` if the server has been started or shut down.
    public func start() async throws(SocketError) {
        try await self.start { _ in [] }
    }

    /// Like ``start()``, but uses the sockets that `inherited` returns for an address, if there are any.
    package func start(inherited: @Sendable (IPEndpoint) -> [OwnedDescriptor]) async throws(SocketError) {
        guard self.state == .new else {
            throw SocketError(.misuse, "a STUN server can be started only once: make another one")
        }
        self.state = .running
        do {
            try await self.listen(inherited)
        } catch {
            await self.shutdown()
            throw error
        }
    }

    private func listen(_ inherited: @Sendable (IPEndpoint) -> [OwnedDescriptor]) async throws(SocketError) {
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
        self.boundAddresses = sockets.map { $0[0].localAddress }
        for worker in workers {
            try await worker.start()
        }
    }

    /// Stops the server: closes all sockets. The ports are free when this returns. A server that was shut down can't be
    /// started again; make another one.
    public func shutdown() async {
        switch self.state {
        case .stopped: return
        case .stopping: return await self.waitUntilStopped()
        case .new, .running: self.state = .stopping
        }
        let workers = self.workers
        self.workers = []
        self.sockets = []
        self.boundAddresses = []
        for worker in workers {
            await worker.stop()
        }
        self.state = .stopped
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
