import AsyncSockets
import Glibc

/// Looks up names with the system's resolver.
enum HostName {
    /// Returns the first address of `host`, which may be a literal.
    static func resolve(_ host: String) throws -> IPAddress {
        if let address = IPAddress(host) { return address }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0, let first = list else {
            throw LoadError("\(host): no such host")
        }
        defer { freeaddrinfo(first) }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard
            getnameinfo(
                first.pointee.ai_addr,
                first.pointee.ai_addrlen,
                &text,
                socklen_t(text.count),
                nil,
                0,
                NI_NUMERICHOST
            ) == 0,
            let address = IPAddress(
                String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            )
        else { throw LoadError("\(host): no usable address") }
        return address
    }
}
