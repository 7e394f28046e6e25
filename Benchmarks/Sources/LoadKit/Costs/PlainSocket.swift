import Glibc

/// A blocking socket that counts the bytes it sends. Calls block for at most 10 s, over UDP for half a second.
struct PlainSocket: ~Copyable {
    private let descriptor: Int32
    /// The number of bytes sent, without the headers of TCP, UDP and IP.
    private(set) var sentByteCount = 0

    /// Connects to `port` of 127.0.0.1 from a loopback address.
    ///
    /// - Parameter source: The address to connect from, in host order.
    init(_ type: __socket_type = SOCK_STREAM, port: UInt16, from source: UInt32) throws {
        self.descriptor = socket(AF_INET, Int32(type.rawValue), 0)
        guard self.descriptor >= 0 else { throw LoadError("no socket") }
        var limit = type == SOCK_STREAM ? timeval(tv_sec: 10, tv_usec: 0) : timeval(tv_sec: 0, tv_usec: 500_000)
        setsockopt(self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(self.descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var isOn: Int32 = 1
        if type == SOCK_STREAM {
            setsockopt(self.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
        }
        guard Self.withAddress(source, 0, { bind(self.descriptor, $0, $1) }) == 0,
            Self.withAddress(0x7f00_0001, port, { connect(self.descriptor, $0, $1) }) == 0
        else {
            throw LoadError("no connection to port \(port): \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(self.descriptor) }

    private static func withAddress(
        _ host: UInt32,
        _ port: UInt16,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = host.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Sends `bytes`, or as many of them as the server takes before it closes the connection.
    mutating func send(_ bytes: [UInt8]) {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes {
                Glibc.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            self.sentByteCount += count
            start += count
        }
    }

    /// Returns the next bytes; `nil` at the end, after a reset or after 10 s.
    func receive() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = recv(self.descriptor, &bytes, bytes.count, 0)
        return count > 0 ? Array(bytes[..<count]) : nil
    }

    /// Reads until there are `count` bytes, or until the end.
    func receive(_ count: Int) -> [UInt8] {
        var all: [UInt8] = []
        while all.count < count, let bytes = self.receive() { all += bytes }
        return all
    }

    /// Ends sending, and waits until the server has read everything and closed the connection.
    func finish() {
        shutdown(self.descriptor, Int32(SHUT_WR))
        while self.receive() != nil {}
    }
}
