import CAsyncSockets
import Glibc

/// One loop's share of a listener.
actor Acceptor {
    private let descriptor: Int32
    private nonisolated let loop: EventLoop
    private let readiness: Readiness
    private var token: UInt64?
    private var isClosed = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    init(
        descriptor: Int32,
        loop: EventLoop,
        onAccept: @escaping @Sendable (TCPStream) -> Void,
        onAcceptFailure: @escaping @Sendable (EventLoop, SocketError) -> Void
    ) {
        self.descriptor = descriptor
        self.loop = loop
        self.readiness = Readiness(
            descriptor: descriptor,
            loop: loop,
            onAccept: onAccept,
            onAcceptFailure: onAcceptFailure
        )
    }

    func start() throws(SocketError) {
        let token = try self.loop.register(
            self.descriptor,
            events: UInt32(CAS_READABLE),
            edgeTriggered: false,
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

/// Accepts when the loop says that somebody knocks.
// @unchecked: confined to the loop.
private final class Readiness: EventHandler, @unchecked Sendable {
    private let descriptor: Int32
    private unowned let loop: EventLoop
    private let onAccept: @Sendable (TCPStream) -> Void
    private let onAcceptFailure: @Sendable (EventLoop, SocketError) -> Void
    private var pause: LoopTimer?
    /// Given up when there are no more, to accept a client and close it: it hears so at once, and can go elsewhere.
    private var spare = openSpare()
    var token: UInt64 = 0

    init(
        descriptor: Int32,
        loop: EventLoop,
        onAccept: @escaping @Sendable (TCPStream) -> Void,
        onAcceptFailure: @escaping @Sendable (EventLoop, SocketError) -> Void
    ) {
        self.descriptor = descriptor
        self.loop = loop
        self.onAccept = onAccept
        self.onAcceptFailure = onAcceptFailure
    }

    func stop() {
        self.pause?.cancel()
        self.pause = nil
        self.giveUpSpare()
    }

    private static func openSpare() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }

    private func giveUpSpare() {
        if self.spare >= 0 { close(self.spare) }
        self.spare = -1
    }

    /// So many at a time, so that a rush of clients doesn't hold up those who are there.
    private static let acceptsPerTick = 32

    func handle(events: UInt32) {
        for _ in 0..<Self.acceptsPerTick {
            var storage = sockaddr_storage()
            let accepted = cas_accept(self.descriptor, &storage)
            guard accepted >= 0 else {
                let number = errno
                if number == EMFILE, self.turnAway() { continue }
                self.acceptFailed(number)
                return
            }
            guard let peer = SocketAddress(storage) else {
                close(accepted)
                continue
            }
            do {
                self.onAccept(try TCPStream(descriptor: accepted, peerAddress: peer, loop: self.loop))
            } catch {
                self.onAcceptFailure(self.loop, error)
            }
        }
    }

    /// Accepts a client only to close the connection; false when that can't be done either.
    private func turnAway() -> Bool {
        guard self.spare >= 0 else { return false }
        self.giveUpSpare()
        var storage = sockaddr_storage()
        let accepted = cas_accept(self.descriptor, &storage)
        if accepted >= 0 { close(accepted) }
        self.spare = Self.openSpare()
        guard accepted >= 0 else { return false }
        self.onAcceptFailure(self.loop, SocketError(errno: EMFILE, "accept"))
        return true
    }

    private func acceptFailed(_ number: Int32) {
        switch number {
        case EAGAIN, EINTR:
            return
        case ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
            ENETUNREACH:
            // That client's trouble (accept(2) passes pending network errors on). The next one is accepted.
            self.onAcceptFailure(self.loop, SocketError(errno: number, "accept"))
        default:
            // EMFILE, ENFILE, ENOBUFS, ENOMEM: the client stays queued, and would wake us at once, again and again.
            self.onAcceptFailure(self.loop, SocketError(errno: number, "accept"))
            self.rest()
        }
    }

    private static let restTime: UInt64 = 100_000_000

    private func rest() {
        self.loop.modify(self.descriptor, token: self.token, events: 0, edgeTriggered: false)
        let pause =
            self.pause
            ?? LoopTimer(on: self.loop) { [unowned self] in
                if self.spare < 0 { self.spare = Self.openSpare() }
                self.loop.modify(
                    self.descriptor,
                    token: self.token,
                    events: UInt32(CAS_READABLE),
                    edgeTriggered: false
                )
            }
        self.pause = pause
        pause.schedule(at: self.loop.now + Self.restTime)
    }
}
