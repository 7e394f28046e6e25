import Glibc
import IPAddresses

/// `getaddrinfo`.
///
/// If the process is out of files, the system can neither read its list of hosts nor open a socket to ask DNS. It then
/// says that the name doesn't exist or that DNS doesn't answer. So a failure is believed only if there were files
/// before and after it, and the second time. (With its own table of files, a thread wouldn't need this, but such a
/// thread can't wake anybody: the loops' eventfds aren't in its table.)
enum SystemLookup {
    static func addresses(of name: String) -> Result<[IPAddress], SocketError> {
        guard Self.hasFiles() else { return Self.shortage(name) }
        let first = Self.ask(for: name)
        guard case .failure(let error) = first, error.code != .exhausted else { return first }
        return Self.ask(for: name)
    }

    private static func ask(for name: String) -> Result<[IPAddress], SocketError> {
        // Addresses of both families, whichever this machine has: clients are told both, and the system puts those last
        // that it can't reach.
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(name, nil, &hints, &list)
        let number = errno
        guard result == 0 else {
            let isShort = result == EAI_MEMORY || result == EAI_SYSTEM && SocketError(errno: number, "").isLocal
            guard !isShort, Self.hasFiles() else { return Self.shortage(name) }
            let reason = String(cString: gai_strerror(result)).lowercasedASCII
            return .failure(SocketError(.notFound, "can't find the address of \(name): \(reason)"))
        }
        defer { freeaddrinfo(list) }
        var addresses = [IPAddress]()
        var entry = list
        while let current = entry, addresses.count < HostResolver.addressLimit {
            if let address = IPAddress(current.pointee), !addresses.contains(address) { addresses.append(address) }
            entry = current.pointee.ai_next
        }
        return addresses.isEmpty
            ? .failure(SocketError(.notFound, "\(name) has no address")) : .success(addresses)
    }

    private static func shortage(_ name: String) -> Result<[IPAddress], SocketError> {
        .failure(SocketError(.exhausted, "this machine is out of files or memory to look up \(name) with"))
    }

    /// Whether a look-up could open what it needs at one time: sockets to two servers, and a list of hosts.
    private static func hasFiles() -> Bool {
        let descriptors = (0..<3).map { _ in
            socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        }
        for descriptor in descriptors where descriptor >= 0 { close(descriptor) }
        return descriptors.allSatisfy { $0 >= 0 }
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
            self.init(bytes: withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) })
        default: return nil
        }
    }
}
