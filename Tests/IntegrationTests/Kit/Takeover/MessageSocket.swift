import Glibc

/// A Unix socket that carries whole messages, for tests that speak with a server about taking over.
final class MessageSocket: Sendable {
    private let descriptor: Int32

    /// No server that a test starts inherits it.
    private static let kind = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Connects to a server's takeover socket.
    convenience init(connectingTo path: String) throws {
        self.init(socket(AF_UNIX, Self.kind, 0))
        let result = Self.withAddress(path) { connect(self.descriptor, $0, $1) }
        guard result == 0 else { throw KitError.lastSystemError("connect to \(path)") }
    }

    /// Listens in a server's place.
    convenience init(listeningAt path: String) throws {
        self.init(socket(AF_UNIX, Self.kind, 0))
        guard Self.withAddress(path, { bind(self.descriptor, $0, $1) }) == 0, listen(self.descriptor, 4) == 0 else {
            throw KitError.lastSystemError("listen at \(path)")
        }
    }

    deinit {
        close(self.descriptor)
    }

    /// The next who connects.
    func accept(within limit: Duration = Deadline.answer) throws -> MessageSocket {
        try self.wait(within: limit, "nobody connects")
        let accepted = Glibc.accept(self.descriptor, nil, nil)
        guard accepted >= 0 else { throw KitError.lastSystemError("accept") }
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        return MessageSocket(accepted)
    }

    func send(_ bytes: [UInt8]) {
        Glibc.send(self.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    func send(_ text: String) {
        self.send(Array(text.utf8))
    }

    /// Sends a message with an open file (SCM_RIGHTS, unix(7)).
    func send(_ text: String, with file: Int32) {
        var header = cmsghdr()
        let headerSize = MemoryLayout<cmsghdr>.size
        header.cmsg_len = headerSize + MemoryLayout<Int32>.size
        header.cmsg_level = SOL_SOCKET
        header.cmsg_type = Int32(SCM_RIGHTS)
        // What follows a header is padded to 8 bytes.
        var control = [UInt8](repeating: 0, count: headerSize + 8)
        var bytes = Array(text.utf8)
        control.withUnsafeMutableBytes { control in
            control.storeBytes(of: header, as: cmsghdr.self)
            control.storeBytes(of: file, toByteOffset: headerSize, as: Int32.self)
            bytes.withUnsafeMutableBytes { bytes in
                var piece = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                withUnsafeMutablePointer(to: &piece) { piece in
                    var message = msghdr()
                    message.msg_iov = piece
                    message.msg_iovlen = 1
                    message.msg_control = control.baseAddress
                    message.msg_controllen = control.count
                    _ = sendmsg(self.descriptor, &message, Int32(MSG_NOSIGNAL))
                }
            }
        }
    }

    /// The next message as text; empty when the other side has closed. Descriptors that come with it are closed.
    func receive(within limit: Duration = Deadline.answer) throws -> String {
        try self.wait(within: limit, "no message")
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(self.descriptor, &bytes, bytes.count, 0)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : ""
    }

    /// The open file that comes with the next message. The caller closes it.
    func receiveDescriptor(within limit: Duration = Deadline.answer) throws -> Int32 {
        try self.wait(within: limit, "no message")
        // Room for one header and one descriptor.
        var control = [UInt8](repeating: 0, count: MemoryLayout<cmsghdr>.size + 8)
        var byte: UInt8 = 0
        let descriptor: Int32 = withUnsafeMutableBytes(of: &byte) { bytes in
            var piece = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
            return control.withUnsafeMutableBytes { control in
                withUnsafeMutablePointer(to: &piece) { piece in
                    var message = msghdr()
                    message.msg_iov = piece
                    message.msg_iovlen = 1
                    message.msg_control = control.baseAddress
                    message.msg_controllen = control.count
                    let count = recvmsg(self.descriptor, &message, Int32(MSG_CMSG_CLOEXEC))
                    guard count > 0, message.msg_controllen >= control.count - 4 else { return -1 }
                    return control.loadUnaligned(fromByteOffset: MemoryLayout<cmsghdr>.size, as: Int32.self)
                }
            }
        }
        guard descriptor >= 0 else { throw KitError.closed("no file came with the message") }
        return descriptor
    }

    /// Reads up to and including a message that contains `text`.
    func receive(through text: String, within limit: Duration = Deadline.answer) throws {
        while true {
            let message = try self.receive(within: limit)
            if message.contains(text) { return }
            guard !message.isEmpty else { throw KitError.closed("before \(text)") }
        }
    }

    /// Reads until the other side closes.
    func expectClosed(within limit: Duration = Deadline.answer) throws {
        while try !self.receive(within: limit).isEmpty {}
    }

    private func wait(within limit: Duration, _ what: String) throws {
        var entry = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, Deadline(in: limit).milliseconds) > 0 else { throw KitError.timedOut(what) }
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        return withUnsafeBytes(of: &address) { bytes in
            body(
                bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!,
                socklen_t(MemoryLayout<sockaddr_un>.size)
            )
        }
    }
}
