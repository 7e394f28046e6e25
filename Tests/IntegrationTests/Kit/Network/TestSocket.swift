import Glibc

/// A TCP connection whose every wait has a deadline. Used by one thread at a time.
final class TestSocket {
    private(set) var descriptor: Int32

    /// Connects to `port`, from 127.0.0.`host` if that is given. `receiveBuffer` limits, in bytes, what the kernel takes for
    /// a client that does not read.
    init(
        port: UInt16,
        on address: Loopback = .ipv4,
        from host: UInt8? = nil,
        receiveBuffer: Int32? = nil,
        within limit: Duration = Deadline.answer
    ) throws {
        self.descriptor = try SocketKind.tcp.makeDescriptor(family: address.family)
        if let receiveBuffer { self.setOption(SOL_SOCKET, SO_RCVBUF, receiveBuffer) }
        // Tests decide where a segment ends.
        self.setOption(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        if let host { try self.bind(to: host) }
        let connected = address.withSocketAddress(port: port) { connect(self.descriptor, $0, $1) }
        guard connected == 0 || errno == EINPROGRESS else { throw KitError.lastSystemError("connect to port \(port)") }
        try self.wait(for: POLLOUT, until: Deadline(in: limit), "connecting to port \(port)")
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(self.descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
        guard code == 0 else { throw KitError.system("connect to port \(port)", code) }
    }

    /// Takes a connection that somebody else has made.
    init(_ descriptor: Int32) throws {
        self.descriptor = descriptor
        guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { throw KitError.lastSystemError("fcntl") }
        self.setOption(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    }

    deinit {
        self.close()
    }

    /// Sends all of `bytes`.
    func send(_ bytes: [UInt8], within limit: Duration = Deadline.answer) throws {
        let deadline = Deadline(in: limit)
        var rest = bytes[...]
        while !rest.isEmpty {
            rest = rest.dropFirst(try self.sendSome(rest))
            if !rest.isEmpty { try self.wait(for: POLLOUT, until: deadline, "sending \(rest.count) bytes") }
        }
    }

    /// Sends what the kernel takes at once, and tells how many bytes that was.
    func sendSome(_ bytes: ArraySlice<UInt8>) throws -> Int {
        let count = bytes.withUnsafeBytes { Glibc.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count >= 0 { return count }
        switch errno {
        case EAGAIN, EINTR: return 0
        case EPIPE, ECONNRESET: throw KitError.closed("while sending")
        default: throw KitError.lastSystemError("send")
        }
    }

    /// Receives 1 to `limit` bytes; none once the other side has closed, in order or by a reset.
    func receive(atMost limit: Int = 65536, until deadline: Deadline) throws -> [UInt8] {
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
                count = recv(self.descriptor, buffer.baseAddress, limit, 0)
                initialized = max(count, 0)
            }
            if count >= 0 { return bytes }
            switch errno {
            case EAGAIN, EINTR: try self.wait(for: POLLIN, until: deadline, "waiting for bytes")
            case ECONNRESET, EPIPE: return []
            default: throw KitError.lastSystemError("recv")
            }
        }
    }

    /// Whether there is something to receive, or the other side has closed.
    func isReadable() throws -> Bool {
        var entry = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
        let count = poll(&entry, 1, 0)
        guard count >= 0 else { throw KitError.lastSystemError("poll") }
        return count > 0
    }

    /// Sends FIN: nothing more will be written.
    func finishWriting() {
        shutdown(self.descriptor, Int32(SHUT_WR))
    }

    /// Closes in order.
    func close() {
        guard self.descriptor >= 0 else { return }
        Glibc.close(self.descriptor)
        self.descriptor = -1
    }

    /// Closes with a reset, as a machine does that has lost the connection.
    func reset() {
        guard self.descriptor >= 0 else { return }
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(self.descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        self.close()
    }

    private func bind(to host: UInt8) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = (UInt32(0x7f00_0000) | UInt32(host)).bigEndian
        let result = withUnsafeBytes(of: &address) { bytes in
            Glibc.bind(
                self.descriptor,
                bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!,
                socklen_t(bytes.count)
            )
        }
        guard result == 0 else { throw KitError.lastSystemError("bind to 127.0.0.\(host)") }
    }

    private func setOption(_ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        setsockopt(self.descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private func wait(for events: Int32, until deadline: Deadline, _ what: String) throws {
        while true {
            var entry = pollfd(fd: self.descriptor, events: Int16(events), revents: 0)
            let count = poll(&entry, 1, deadline.milliseconds)
            if count > 0 { return }
            if count == 0 { throw KitError.timedOut(what) }
            guard errno == EINTR else { throw KitError.lastSystemError("poll") }
        }
    }
}
