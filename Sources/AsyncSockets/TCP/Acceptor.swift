import CAsyncSockets
import Glibc

/// One loop's share of a listener.
actor Acceptor {
    nonisolated let descriptor: Int32
    private nonisolated let loop: IOLoop
    private let readiness: Readiness
    private var token: UInt64?
    private var isClosed = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    init(
        descriptor: Int32,
        spare: SpareDescriptor,
        loop: IOLoop,
        isNewcomer: @escaping @Sendable (IPEndpoint) -> Bool,
        onAccept: @escaping @Sendable (TCPStream) -> Void,
        onAcceptFailure: @escaping @Sendable (IOLoop, SocketError) -> Void
    ) {
        self.descriptor = descriptor
        self.loop = loop
        self.readiness = Readiness(
            descriptor: descriptor,
            spare: spare,
            loop: loop,
            isNewcomer: isNewcomer,
            onAccept: onAccept,
            onAcceptFailure: onAcceptFailure
        )
    }

    func start() throws(SocketError) {
        let token = try self.loop.register(
            self.descriptor,
            events: UInt32(CAS_READABLE),
            handler: self.readiness
        )
        self.token = token
        self.readiness.token = token
    }

    func stop() {
        guard !self.isClosed else { return }
        self.isClosed = true
        self.readiness.stop()
        if let token { self.loop.deregister(self.descriptor, token: token) }
        close(self.descriptor)
    }
}

/// Accepts connections when the loop reports them and has time for strangers.
// @unchecked: confined to the loop.
private final class Readiness: EventHandler, BudgetedHandler, @unchecked Sendable {
    private let descriptor: Int32
    private let spare: SpareDescriptor
    private unowned let loop: IOLoop
    private let isNewcomer: @Sendable (IPEndpoint) -> Bool
    private let onAccept: @Sendable (TCPStream) -> Void
    private let onAcceptFailure: @Sendable (IOLoop, SocketError) -> Void
    private var pause: LoopTimer?
    private var isTurnRequested = false
    private var isStopped = false
    var token: UInt64 = 0

    init(
        descriptor: Int32,
        spare: SpareDescriptor,
        loop: IOLoop,
        isNewcomer: @escaping @Sendable (IPEndpoint) -> Bool,
        onAccept: @escaping @Sendable (TCPStream) -> Void,
        onAcceptFailure: @escaping @Sendable (IOLoop, SocketError) -> Void
    ) {
        self.descriptor = descriptor
        self.spare = spare
        self.loop = loop
        self.isNewcomer = isNewcomer
        self.onAccept = onAccept
        self.onAcceptFailure = onAcceptFailure
    }

    func stop() {
        self.isStopped = true
        self.pause?.cancel()
        self.pause = nil
    }

    /// The number of connections accepted at a time, so that a rush of clients doesn't hold up connected clients.
    private static let acceptsPerTurn = 16

    func handle(events: UInt32) {
        guard !self.isTurnRequested else { return }
        self.isTurnRequested = true
        self.loop.requestTurn(for: self)
    }

    func takeTurn() {
        self.isTurnRequested = false
        // The descriptor's number may be another socket's by now.
        guard !self.isStopped else { return }
        for _ in 0..<Self.acceptsPerTurn {
            var storage = sockaddr_storage()
            let accepted: Int32
            switch self.spare.accept(self.descriptor, &storage, isNewcomer: self.isNewcomer) {
            case .connection(let descriptor): accepted = descriptor
            case .turnedAway:
                self.onAcceptFailure(self.loop, SocketError(errno: EMFILE, "accept"))
                continue
            case .failed(let number):
                self.acceptFailed(number)
                return
            }
            guard let peer = IPEndpoint(storage) else {
                close(accepted)
                continue
            }
            do {
                self.onAccept(try TCPStream(descriptor: accepted, peerAddress: peer, loop: self.loop))
            } catch {
                self.onAcceptFailure(self.loop, error)
            }
        }
        // Readiness is reported once: more connections may wait.
        self.handle(events: 0)
    }

    private func acceptFailed(_ number: Int32) {
        switch number {
        case EAGAIN:
            return
        case EINTR:
            self.handle(events: 0)
        case ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
            ENETUNREACH:
            // A failure of that client (accept(2) passes on pending network errors). The next one is accepted.
            self.onAcceptFailure(self.loop, SocketError(errno: number, "accept"))
            self.handle(events: 0)
        default:
            // EMFILE, ENFILE, ENOBUFS, ENOMEM: the client stays queued, and would wake us at once and repeatedly.
            self.onAcceptFailure(self.loop, SocketError(errno: number, "accept"))
            self.rest()
        }
    }

    private static let restTime: UInt64 = 100_000_000

    private func rest() {
        self.loop.modify(self.descriptor, token: self.token, events: 0)
        let pause =
            self.pause
            ?? LoopTimer(on: self.loop) { [unowned self] in
                // Reports again that a connection waits.
                self.loop.modify(self.descriptor, token: self.token, events: UInt32(CAS_READABLE))
            }
        self.pause = pause
        pause.schedule(at: self.loop.now + Self.restTime)
    }
}
