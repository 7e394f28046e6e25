import CAsyncSockets
import Glibc

/// The system calls of a listening socket.
enum ListeningSocket {
    /// Makes a socket that is bound to `address`. Returns it with the address that it got.
    static func bind(
        _ address: IPEndpoint,
        sharing: Bool
    ) throws(SocketError) -> (descriptor: Int32, address: IPEndpoint) {
        var address = address
        var descriptor = cas_tcp_socket(address.ip.family == .ipv4 ? AF_INET : AF_INET6)
        if descriptor < 0, errno == EAFNOSUPPORT, address.ip == .anyIPv6 {
            address.ip = .anyIPv4
            descriptor = cas_tcp_socket(AF_INET)
        }
        guard descriptor >= 0 else { throw SocketError(errno: errno, "make a socket for \(address)") }
        // A restart must not wait for connections of the previous process that linger in TIME_WAIT.
        self.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if address.ip.family == .ipv6 { self.set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
        if sharing { self.share(descriptor) }
        guard address.withSockaddr({ Glibc.bind(descriptor, $0, $1) }) == 0 else {
            let error = SocketError(errno: errno, "listen on \(address)")
            close(descriptor)
            throw error
        }
        return (descriptor, self.localAddress(of: descriptor) ?? address)
    }

    /// Lets other sockets of this user bind to the same port.
    static func share(_ descriptor: Int32) {
        self.set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1)
    }

    /// - Parameter address: For the error only.
    static func listen(_ descriptor: Int32, on address: IPEndpoint) throws(SocketError) {
        guard Glibc.listen(descriptor, 4096) == 0 else { throw SocketError(errno: errno, "listen on \(address)") }
    }

    static func localAddress(of descriptor: Int32) -> IPEndpoint? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return result == 0 ? IPEndpoint(storage) : nil
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
