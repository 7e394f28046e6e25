import AsyncSockets
import CAsyncSockets
import Glibc

/// `getaddrinfo`, on a thread that does nothing else.
///
/// When the process is out of files the system can't read its list of hosts, nor open a socket to ask DNS, and says that
/// the name doesn't exist or that DNS doesn't answer. So the thread has a table of files of its own, which nobody else fills.
/// Where the kernel doesn't allow that, a failure while files are short is taken for a shortage.
struct SystemLookup {
    private let hasOwnFiles: Bool

    /// For the calling thread, which loses sight of the process's files but for the standard ones.
    init() {
        self.hasOwnFiles = cas_own_descriptors() == 0
    }

    func addresses(of name: String) -> Result<[IPAddress], DERPError> {
        guard self.hasOwnFiles || Self.hasFiles() else { return Self.shortage(name) }
        // Of both families, whichever this machine has: clients are told of both, and the system puts those last that it
        // can't reach.
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(name, nil, &hints, &list)
        let number = errno
        guard result == 0 else {
            let isShort = result == EAI_MEMORY || result == EAI_SYSTEM && SocketError(errno: number, "").isLocal
            guard !isShort, Self.hasFiles() else { return Self.shortage(name) }
            let reason = String(cString: gai_strerror(result)).lowercasedASCII
            return .failure(DERPError(.connection, "can't find the address of \(name): \(reason)"))
        }
        defer { freeaddrinfo(list) }
        var addresses = [IPAddress]()
        var entry = list
        while let current = entry, addresses.count < HostResolver.addressLimit {
            if let address = IPAddress(current.pointee), !addresses.contains(address) { addresses.append(address) }
            entry = current.pointee.ai_next
        }
        return addresses.isEmpty
            ? .failure(DERPError(.connection, "\(name) has no address")) : .success(addresses)
    }

    private static func shortage(_ name: String) -> Result<[IPAddress], DERPError> {
        .failure(DERPError(.exhausted, "this machine is out of files or memory to look up \(name) with"))
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
