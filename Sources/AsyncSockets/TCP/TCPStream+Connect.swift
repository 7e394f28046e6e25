import CAsyncSockets
import Glibc

extension TCPStream {
    /// Connects to `address`, and returns the stream, which `loop` serves.
    ///
    /// - Parameters:
    ///   - source: The address of this machine to connect from; `nil` leaves it to the kernel.
    ///   - time: The maximum time that connecting may take.
    /// - Throws: ``SocketError``: `timeout`; `systemCall` if the connection is refused or there is no route;
    ///   `outOfFiles`, `exhausted` or `permissionDenied` if this machine is the cause.
    public static func connect(
        to address: IPEndpoint,
        from source: IPAddress? = nil,
        on loop: IOLoop,
        within time: Duration = .seconds(10)
    ) async throws(SocketError) -> TCPStream {
        // A task without this preference waits for the global pool each time it is resumed on the loop.
        try await withTaskExecutorPreference(loop) { () async throws(SocketError) -> TCPStream in
            try await Connector(loop: loop).connect(to: address, from: source, within: time)
        }
    }

    /// Connects to the Unix stream socket at `path`. The stream's peer address is the unspecified one, port 0.
    ///
    /// - Parameters:
    ///   - path: 1…107 bytes.
    ///   - time: The maximum time that connecting may take.
    /// - Throws: ``SocketError``: `timeout`; `permissionDenied`; `systemCall` if nobody listens there; `outOfFiles`;
    ///   `exhausted` if the listener's queue is full.
    public static func connect(
        toUnixSocket path: String,
        on loop: IOLoop,
        within time: Duration = .seconds(10)
    ) async throws(SocketError) -> TCPStream {
        try await Connector(loop: loop).connect(toUnixSocket: path, within: time)
    }

    /// Returns the error of the attempt to connect to `peer` after the attempt has ended.
    fileprivate func connectionError(_ peer: some CustomStringConvertible & Sendable) -> SocketError? {
        if let failure = self.failure { return failure }
        var number: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(self.descriptor, SOL_SOCKET, SO_ERROR, &number, &length)
        return number == 0 ? nil : SocketError(connectErrno: number, peer)
    }
}

/// Connects on a loop.
private actor Connector {
    private nonisolated let loop: IOLoop

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    init(loop: IOLoop) {
        self.loop = loop
    }

    func connect(
        to address: IPEndpoint,
        from source: IPAddress?,
        within time: Duration
    ) async throws(SocketError) -> TCPStream {
        let descriptor = cas_tcp_socket(address.ip.family == .ipv4 ? AF_INET : AF_INET6)
        guard descriptor >= 0 else { throw SocketError(errno: errno, "make a socket") }
        guard !DescriptorReserve.holds(descriptor, from: .outgoing) else {
            close(descriptor)
            throw SocketError(errno: EMFILE, "make a socket")
        }
        TCPOptions().apply(to: descriptor)
        if let source {
            guard Self.bind(descriptor, to: source) else {
                let error = SocketError(errno: errno, "connect from \(source)")
                close(descriptor)
                throw error
            }
        }
        let result = address.withSockaddr { Glibc.connect(descriptor, $0, $1) }
        return try await self.finish(descriptor, result, peer: address, address: address, within: time)
    }

    func connect(toUnixSocket path: String, within time: Duration) async throws(SocketError) -> TCPStream {
        guard let address = UnixSocketAddress(path) else {
            throw SocketError(.systemCall, "a Unix socket's path must have 1…107 bytes")
        }
        let descriptor = cas_tcp_socket(AF_UNIX)
        guard descriptor >= 0 else { throw SocketError(errno: errno, "make a socket") }
        guard !DescriptorReserve.holds(descriptor, from: .outgoing) else {
            close(descriptor)
            throw SocketError(errno: EMFILE, "make a socket")
        }
        let result = address.withSockaddr { Glibc.connect(descriptor, $0, $1) }
        let nowhere = IPEndpoint(.anyIPv4, port: 0)
        return try await self.finish(descriptor, result, peer: path, address: nowhere, within: time)
    }

    /// Waits for the end of the attempt that gave `result`, and takes over `descriptor`.
    private func finish(
        _ descriptor: Int32,
        _ result: Int32,
        peer: some CustomStringConvertible & Sendable,
        address: IPEndpoint,
        within time: Duration
    ) async throws(SocketError) -> TCPStream {
        guard result == 0 || errno == EINPROGRESS else {
            let error = SocketError(connectErrno: errno, peer)
            close(descriptor)
            throw error
        }
        let stream = try TCPStream(
            descriptor: descriptor,
            peerAddress: address,
            loop: self.loop,
            isConnecting: result != 0
        )
        stream.setDeadline(time)
        await stream.waitUntilWritable()
        if let error = stream.connectionError(peer) {
            stream.close()
            throw error.code == .timeout ? SocketError(.timeout, "connecting to \(peer) took too long") : error
        }
        stream.setDeadline(nil)
        return stream
    }

    /// Fixes the address but not the port: the kernel then chooses one that is free for this peer, not for all.
    private static func bind(_ descriptor: Int32, to source: IPAddress) -> Bool {
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_IP), Self.bindAddressNoPort, &one, socklen_t(MemoryLayout<Int32>.size))
        return IPEndpoint(source, port: 0).withSockaddr { Glibc.bind(descriptor, $0, $1) } == 0
    }

    /// IP_BIND_ADDRESS_NO_PORT (Linux 4.2), which Glibc doesn't expose.
    private static let bindAddressNoPort: Int32 = 24
}
