import Glibc

/// An IP address and a port.
public struct IPEndpoint: Hashable, Sendable {
    /// The address. An unspecified one (`0.0.0.0`, `::`) listens on every address of the machine.
    public var ip: IPAddress
    /// 0…65535; 0 asks the kernel to choose when listening.
    public var port: UInt16

    /// Joins an address and a port.
    public init(_ ip: IPAddress, port: UInt16) {
        self.ip = ip
        self.port = port
    }

    /// Reads `192.0.2.1:443`, `[2001:db8::1]:443`, or `:443`, which is every address of both families.
    ///
    /// Doesn't resolve names. Returns `nil` for anything that isn't a literal.
    public init?(_ text: some StringProtocol) {
        guard let colon = text.lastPosition(of: ":") else { return nil }
        let digits = text.rest(behind: colon)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(digits) else {
            return nil
        }
        let host = text[..<colon]
        if host.isEmpty {
            self.init(.anyIPv6, port: port)
        } else if let literal = host.bracketed {
            guard let ip = IPAddress(literal), ip.family == .ipv6 else { return nil }
            self.init(ip, port: port)
        } else {
            guard let ip = IPAddress(host), ip.family == .ipv4 else { return nil }
            self.init(ip, port: port)
        }
    }
}

extension IPEndpoint: CustomStringConvertible {
    /// `192.0.2.1:443` or `[2001:db8::1]:443`.
    public var description: String {
        switch self.ip.family {
        case .ipv4: "\(self.ip):\(self.port)"
        case .ipv6: "[\(self.ip)]:\(self.port)"
        }
    }
}

extension IPEndpoint {
    /// Calls `body` with the kernel's form of the address.
    package func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result) rethrows -> Result
    {
        var storage = sockaddr_storage()
        let length = self.store(in: &storage)
        return try withUnsafePointer(to: &storage) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body($0, length) }
        }
    }

    /// Writes the kernel's form of the address, and returns its size in bytes.
    package func store(in storage: inout sockaddr_storage) -> socklen_t {
        withUnsafeMutableBytes(of: &storage) { raw in
            switch self.ip.family {
            case .ipv4:
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = self.port.bigEndian
                address.sin_addr.s_addr = UInt32(truncatingIfNeeded: self.ip.low).bigEndian
                raw.storeBytes(of: address, as: sockaddr_in.self)
                return socklen_t(MemoryLayout<sockaddr_in>.size)
            case .ipv6:
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                address.sin6_port = self.port.bigEndian
                withUnsafeMutableBytes(of: &address.sin6_addr) {
                    $0.storeBytes(of: self.ip.high.bigEndian, as: UInt64.self)
                    $0.storeBytes(of: self.ip.low.bigEndian, toByteOffset: 8, as: UInt64.self)
                }
                raw.storeBytes(of: address, as: sockaddr_in6.self)
                return socklen_t(MemoryLayout<sockaddr_in6>.size)
            }
        }
    }

    /// Reads the kernel's form. Returns `nil` for a family other than IPv4 and IPv6.
    package init?(_ storage: borrowing sockaddr_storage) {
        let copy = copy storage
        let address: Self? = withUnsafeBytes(of: copy) { raw in
            switch Int32(copy.ss_family) {
            case AF_INET:
                let address = raw.loadUnaligned(as: sockaddr_in.self)
                return Self(
                    IPAddress(ipv4: UInt32(bigEndian: address.sin_addr.s_addr)),
                    port: UInt16(bigEndian: address.sin_port)
                )
            case AF_INET6:
                let address = raw.loadUnaligned(as: sockaddr_in6.self)
                let ip = withUnsafeBytes(of: address.sin6_addr) {
                    IPAddress(
                        family: .ipv6,
                        high: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
                        low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                    )
                }
                return Self(ip, port: UInt16(bigEndian: address.sin6_port))
            default:
                return nil
            }
        }
        guard let address else { return nil }
        self = address
    }
}
