import Glibc

/// Makes TCP sockets over IPv4, in the namespace of the calling thread.
enum TCPSocket {
    /// Connects, with the options of a stock client: TCP_NODELAY, and the kernel's own buffer sizes. Receiving blocks
    /// for at most 50 ms.
    static func connect(to host: String, _ port: UInt16) throws -> Int32 {
        let descriptor = try Self.make()
        guard Self.withAddress(host, port, { Glibc.connect(descriptor, $0, $1) }) == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw FreshError("no connection to \(host):\(port): \(reason)")
        }
        return descriptor
    }

    static func listen(on host: String, _ port: UInt16) throws -> Int32 {
        let descriptor = try Self.make()
        Self.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        guard Self.withAddress(host, port, { bind(descriptor, $0, $1) }) == 0, Glibc.listen(descriptor, 16) == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw FreshError("can't listen on \(host):\(port): \(reason)")
        }
        return descriptor
    }

    private static func make() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw FreshError("no socket: \(String(cString: strerror(errno)))") }
        Self.set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        Self.setPatience(descriptor, milliseconds: 2000)
        return descriptor
    }

    /// Limits how long receiving and accepting block.
    static func setPatience(_ descriptor: Int32, milliseconds: Int) {
        var time = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func withAddress(
        _ host: String,
        _ port: UInt16,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return -1 }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
