import CAsyncSockets
import Glibc

/// A connected Unix socket that carries complete messages (SOCK_SEQPACKET), and open files with them (SCM_RIGHTS).
///
/// Only one task at a time may use it, on its loop.
// @unchecked: confined to `loop`.
package final class MessageChannel: @unchecked Sendable {
    /// A message, as it arrived.
    package struct Message: Sendable {
        /// 1…``sizeLimit`` bytes.
        package let bytes: [UInt8]
        /// At most ``descriptorLimit`` descriptors, which are closed when they are released.
        package let descriptors: [OwnedDescriptor]
    }

    /// The largest message, in bytes.
    package static let sizeLimit = 1024
    /// The maximum number of descriptors in a message.
    package static let descriptorLimit = Int(CAS_MAX_DESCRIPTORS)

    package let loop: IOLoop
    private let descriptor: Int32
    private var token: UInt64 = 0
    private var isOpen = true
    private var isLate = false
    private var waiter: UnsafeContinuation<Void, Never>?
    /// Whether something has happened since the last check.
    private var hasNews = false
    private var deadline: LoopTimer?
    /// The tick of the loop in which messages were last received, and how many.
    private var turn: (tick: UInt64, count: Int) = (0, 0)

    /// The number of messages that are received before others on the loop have a turn.
    private static let messagesPerTurn = 16

    /// Takes over `descriptor`, which is closed if that fails. Call it on the loop.
    init(descriptor: Int32, loop: IOLoop) throws(SocketError) {
        self.descriptor = descriptor
        self.loop = loop
        do {
            self.token = try loop.register(
                descriptor,
                events: UInt32(CAS_READABLE | CAS_WRITABLE | CAS_READ_HANGUP),
                handler: self
            )
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    /// Connects to the process that listens at `path`. Returns `nil` if none does. Call it on the loop.
    ///
    /// - Throws: ``SocketError``: `permissionDenied` if the other end belongs to another user, and others.
    package static func connect(to path: String, on loop: IOLoop) throws(SocketError) -> MessageChannel? {
        guard let address = UnixSocketAddress(path) else {
            throw SocketError(.systemCall, "a Unix socket's path must have 1…107 bytes")
        }
        let descriptor = cas_message_socket()
        guard descriptor >= 0 else { throw SocketError(errno: errno, "make a socket") }
        guard address.withSockaddr({ Glibc.connect(descriptor, $0, $1) }) == 0 else {
            let number = errno
            Glibc.close(descriptor)
            if number == ENOENT || number == ECONNREFUSED { return nil }
            throw SocketError(errno: number, "connect to \(path)")
        }
        guard Self.isOwn(descriptor) else {
            Glibc.close(descriptor)
            throw SocketError(.permissionDenied, "connect to \(path): it is another user's")
        }
        return try MessageChannel(descriptor: descriptor, loop: loop)
    }

    /// Whether the process at the other end belongs to the same user.
    static func isOwn(_ descriptor: Int32) -> Bool {
        var user = uid_t.max
        return cas_peer_user(descriptor, &user) == 0 && user == geteuid()
    }

    /// Makes the current wait fail with code `timeout` if `time` passes before another deadline is set.
    package func setDeadline(_ time: Duration) {
        self.loop.requireCurrent("A MessageChannel")
        let timer =
            self.deadline
            ?? LoopTimer(on: self.loop) { [unowned self] in
                self.isLate = true
                self.resume()
            }
        self.deadline = timer
        timer.schedule(at: cas_monotonic_nanoseconds() + time.nanoseconds)
    }

    package func close() {
        self.loop.requireCurrent("A MessageChannel")
        guard self.isOpen else { return }
        self.isOpen = false
        self.deadline?.cancel()
        self.loop.deregister(self.descriptor, token: self.token)
        Glibc.close(self.descriptor)
        self.resume()
    }

    private func resume() {
        self.hasNews = true
        guard let waiter = self.waiter else { return }
        self.waiter = nil
        waiter.resume()
    }
}

extension MessageChannel: EventHandler {
    package func handle(events: UInt32) {
        self.resume()
    }

    package func abandoned() {
        self.close()
    }
}

// MARK: Messages

extension MessageChannel {
    /// Sends a message, as soon as there is room for it.
    ///
    /// - Throws: ``SocketError``: `timeout`, `closed`, and others.
    package func send(
        _ bytes: [UInt8],
        _ descriptors: [OwnedDescriptor] = [],
        isolation: isolated (any Actor)? = #isolation
    ) async throws(SocketError) {
        let numbers = descriptors.map(\.raw)
        while true {
            try self.check()
            let count = cas_send_message(self.descriptor, bytes, bytes.count, numbers, Int32(numbers.count))
            if count == bytes.count { return }
            switch errno {
            case EINTR: continue
            case EAGAIN: await self.wait()
            case EPIPE, ECONNRESET: throw Self.closed
            case let number: throw SocketError(errno: number, "send a message")
            }
        }
    }

    /// Returns the next message.
    ///
    /// - Throws: ``SocketError``: `timeout`; `closed` at the end; `systemCall` if a message was larger than allowed.
    package func receive(isolation: isolated (any Actor)? = #isolation) async throws(SocketError) -> Message {
        while true {
            try self.check()
            if self.turn.tick != self.loop.tickNumber { self.turn = (self.loop.tickNumber, 0) }
            guard self.turn.count < Self.messagesPerTurn else {
                await self.loop.nextTick()
                continue
            }
            var bytes = [UInt8](repeating: 0, count: Self.sizeLimit)
            var numbers = [Int32](repeating: -1, count: Self.descriptorLimit)
            var count: Int32 = 0
            var isCut: Int32 = 0
            let size = cas_receive_message(self.descriptor, &bytes, bytes.count, &numbers, &count, &isCut)
            if size >= 0 {
                self.turn.count += 1
                let descriptors = numbers.prefix(Int(count)).map { OwnedDescriptor($0) }
                guard size > 0 else { throw Self.closed }
                guard isCut == 0 else { throw SocketError(.systemCall, "a message is too large") }
                return Message(bytes: Array(bytes.prefix(size)), descriptors: descriptors)
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: await self.wait()
            case ECONNRESET: throw Self.closed
            case let number: throw SocketError(errno: number, "receive a message")
            }
        }
    }

    private func wait(isolation: isolated (any Actor)? = #isolation) async {
        await withUnsafeContinuation { waiter in
            // Others may have had a turn since the check.
            guard !self.hasNews else { return waiter.resume() }
            precondition(self.waiter == nil, "two tasks use one channel")
            self.waiter = waiter
        }
    }

    /// Called before each check.
    private func check() throws(SocketError) {
        self.loop.requireCurrent("A MessageChannel")
        self.hasNews = false
        guard self.isOpen else { throw Self.closed }
        guard !self.isLate else { throw SocketError(.timeout, "the other process took too long") }
    }

    private static let closed = SocketError(.closed, "the other process closed the connection")
}
