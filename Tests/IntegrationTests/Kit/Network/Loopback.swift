import Glibc

/// The addresses that tests use.
enum Loopback: String, Sendable, CaseIterable {
    case ipv4 = "127.0.0.1"
    case ipv6 = "::1"

    var family: Int32 { self == .ipv4 ? AF_INET : AF_INET6 }

    /// The address with a port, as a flag or URL has it.
    func withPort(_ port: UInt16) -> String {
        self == .ipv4 ? "\(self.rawValue):\(port)" : "[\(self.rawValue)]:\(port)"
    }

    /// Calls `body` with the socket address of `port` here.
    func withSocketAddress<Result>(
        port: UInt16,
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
    ) rethrows -> Result {
        switch self {
        case .ipv4:
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            return try withUnsafeBytes(of: &address) { bytes in
                try body(bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t(bytes.count))
            }
        case .ipv6:
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_addr = in6addr_loopback
            return try withUnsafeBytes(of: &address) { bytes in
                try body(bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t(bytes.count))
            }
        }
    }
}
