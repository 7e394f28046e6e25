import CAsyncSockets
import Glibc

/// Listens for processes of the same user at a path. Pinned to a loop.
package actor MessageListener {
    private nonisolated let loop: IOLoop
    private let readiness: MessageListenerReadiness
    private let descriptor: Int32
    private var token: UInt64?
    private var isClosed = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    /// Takes the path, with mode 0600. Replaces a socket that is already there. The caller has made sure that no process
    /// listens there.
    ///
    /// - Parameters:
    ///   - onRefusal: Called on the loop when another user's process connected.
    ///   - onAccept: Called on the loop with each connection.
    /// - Throws: ``SocketError``: `permissionDenied` if anybody but the owner could put something else at the path, and
    ///   others.
    package init(
        at path: String,
        on loop: IOLoop,
        onRefusal: @escaping @Sendable () -> Void,
        onAccept: @escaping @Sendable (MessageChannel) -> Void
    ) throws(SocketError) {
        self.descriptor = try Self.bind(path)
        self.loop = loop
        self.readiness = MessageListenerReadiness(
            descriptor: self.descriptor,
            loop: loop,
            onRefusal: onRefusal,
            onAccept: onAccept
        )
    }

    /// Begins to accept connections.
    ///
    /// - Throws: ``SocketError`` when the loop can't watch the socket.
    package func start() throws(SocketError) {
        self.token = try self.loop.register(
            self.descriptor,
            events: UInt32(CAS_READABLE),
            edgeTriggered: false,
            handler: self.readiness
        )
    }

    /// Stops listening, and leaves the path to the next process that takes it.
    package func close() {
        guard !self.isClosed else { return }
        self.isClosed = true
        if let token { self.loop.deregister(self.descriptor, token: token) }
        Glibc.close(self.descriptor)
    }

    deinit {
        if !self.isClosed { Glibc.close(self.descriptor) }
    }
}

// MARK: The path

extension MessageListener {
    /// The maximum number of connections that wait to be accepted.
    private static let backlog: Int32 = 16

    /// Checks whether a process of this user can listen at `path`. Makes nothing there.
    ///
    /// - Throws: ``SocketError`` when a socket there wouldn't be safe, or something else is there.
    package static func check(_ path: String) throws(SocketError) {
        guard UnixSocketAddress(path) != nil else {
            throw SocketError(.systemCall, "a Unix socket's path must have 1…107 bytes")
        }
        let parts = path.parts(at: "/").dropLast()
        let directory = parts.isEmpty ? "." : parts == [""] ? "/" : parts.joined(separator: "/")
        var status = stat()
        guard stat(directory, &status) == 0 else { throw SocketError(errno: errno, "look at \(directory)") }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() || status.st_uid == 0,
            status.st_mode & 0o022 == 0
        else {
            throw SocketError(.permissionDenied, "\(directory) must be a directory that only its owner can write")
        }
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK, status.st_uid == geteuid() else {
            throw SocketError(.addressInUse, "\(path) exists, and is not a socket of this user")
        }
    }

    private static func bind(_ path: String) throws(SocketError) -> Int32 {
        try Self.check(path)
        guard let address = UnixSocketAddress(path) else { throw SocketError(.systemCall, "not the path of a socket") }
        let descriptor = cas_message_socket()
        guard descriptor >= 0 else { throw SocketError(errno: errno, "make a socket") }
        unlink(path)
        // The mode is set before anybody can connect, which is possible after listen().
        guard address.withSockaddr({ Glibc.bind(descriptor, $0, $1) }) == 0, chmod(path, 0o600) == 0,
            Glibc.listen(descriptor, Self.backlog) == 0
        else {
            let error = SocketError(errno: errno, "listen on \(path)")
            Glibc.close(descriptor)
            throw error
        }
        return descriptor
    }
}
