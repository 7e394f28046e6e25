import AsyncSockets
import Glibc

extension ListenAddress {
    /// A name that stands for no address.
    struct UnknownHost: Error, CustomStringConvertible {
        let host: String
        let reason: String
        var description: String { "can't find the address of \(UsageError.quote(self.host)): \(self.reason)" }
    }

    /// The address to bind. A name stands for its first IPv4 address, or its first IPv6 address when it has no other,
    /// as in Go. Asks the resolver, so this may take seconds.
    func resolve() throws(UnknownHost) -> SocketAddress {
        if self.host.isEmpty { return SocketAddress(.anyIPv6, port: self.port) }
        if let address = IPAddress(self.host) { return SocketAddress(address, port: self.port) }

        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(self.host, nil, &hints, &list)
        guard result == 0 else {
            throw UnknownHost(host: self.host, reason: String(cString: gai_strerror(result)).lowercased())
        }
        defer { freeaddrinfo(list) }
        let addresses = sequence(first: list) { $0?.pointee.ai_next }.prefix { $0 != nil }.compactMap { entry in
            entry.flatMap { IPAddress($0.pointee) }
        }
        guard let address = addresses.first(where: { $0.family == .ipv4 }) ?? addresses.first else {
            throw UnknownHost(host: self.host, reason: "it has none")
        }
        return SocketAddress(address, port: self.port)
    }
}

extension IPAddress {
    fileprivate init?(_ entry: addrinfo) {
        guard let address = entry.ai_addr else { return nil }
        let raw = UnsafeRawPointer(address)
        switch entry.ai_family {
        case AF_INET:
            self.init(ipv4: UInt32(bigEndian: raw.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr))
        case AF_INET6:
            let address = withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) }
            self.init(bytes: address)
        default: return nil
        }
    }
}
