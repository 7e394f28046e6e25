import CAsyncSockets
import Glibc

extension TCPStream {
    /// Connects to `address`, and returns the stream, which `loop` serves.
    ///
    /// - Parameters:
    ///   - source: which of the machine's addresses to connect from; `nil` leaves it to the kernel.
    ///   - time: how long it may take.
    /// - Throws: ``SocketError``: `timeout`, or `systemCall` when the connection is refused or no route is there.
    public static func connect(
        to address: SocketAddress,
        from source: IPAddress? = nil,
        on loop: EventLoop,
        within time: Duration = .seconds(10)
    ) async throws(SocketError) -> TCPStream {
        // A task without this preference waits for the global pool each time that it is resumed on the loop.
        try await withTaskExecutorPreference(loop) { () async throws(SocketError) -> TCPStream in
            try await Connector(loop: loop).connect(to: address, from: source, within: time)
        }
    }

    /// The error of the connection attempt, once it has ended.
    fileprivate func connectionError() -> SocketError? {
        if let failure = self.failure { return failure }
        var number: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(self.descriptor, SOL_SOCKET, SO_ERROR, &number, &length)
        return number == 0 ? nil : SocketError(errno: number, "connect to \(self.peerAddress)")
    }
}

/// Connects on a loop.
private actor Connector {
    private nonisolated let loop: EventLoop

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    init(loop: EventLoop) {
        self.loop = loop
    }

    func connect(
        to address: SocketAddress,
        from source: IPAddress?,
        within time: Duration
    ) async throws(SocketError) -> TCPStream {
        let descriptor = cas_tcp_socket(address.ip.family == .ipv4 ? AF_INET : AF_INET6)
        guard descriptor >= 0 else { throw SocketError(errno: errno, "make a socket") }
        TCPOptions().apply(to: descriptor)
        if let source {
            guard Self.bind(descriptor, to: source) else {
                let error = SocketError(errno: errno, "connect from \(source)")
                close(descriptor)
                throw error
            }
        }
        let result = address.withSockaddr { Glibc.connect(descriptor, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else {
            let error = SocketError(errno: errno, "connect to \(address)")
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
        if let error = stream.connectionError() {
            stream.close()
            throw error
        }
        stream.setDeadline(nil)
        return stream
    }

    /// Fixes the address but not the port: the kernel then chooses one that is free for this peer, not for all.
    private static func bind(_ descriptor: Int32, to source: IPAddress) -> Bool {
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_IP), Self.bindAddressNoPort, &one, socklen_t(MemoryLayout<Int32>.size))
        return SocketAddress(source, port: 0).withSockaddr { Glibc.bind(descriptor, $0, $1) } == 0
    }

    /// IP_BIND_ADDRESS_NO_PORT (Linux 4.2), which Glibc doesn't expose.
    private static let bindAddressNoPort: Int32 = 24
}
