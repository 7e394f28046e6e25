import IPAddresses
import HTTPTypes

/// What a request's header fields say about the client. Anybody can write them, so only what trusted proxies added
/// counts.
enum ForwardedFor {
    /// Returns the client of a request on a connection from `connection`, or `nil` if a trusted proxy should name the
    /// client and what it says can't be understood.
    ///
    /// Such a request is refused. As the proxy's own, it would escape the client's limits, and others would know it by
    /// the proxy's address. Clients can cause that with what they send before the proxy's own entry.
    static func origin(of head: HTTPRequestHead, on connection: ClientOrigin, trust: ProxyTrust) -> ClientOrigin? {
        let isMarked = HTTPField.Name.proxyMarks.contains(where: head.fields.contains)
        guard connection.proxies != .unknown, trust.contains(connection.address.ip) else {
            return ClientOrigin(address: connection.address, through: isMarked ? .unknown : connection.proxies)
        }
        // The empty ones too: what a proxy added last must not be skipped in favour of what its client wrote.
        let entries = head.fields[.forwardedFor].map { $0.parts(at: ",").map(\.trimmed) } ?? []
        if entries.contains(where: { !$0.isEmpty }) {
            return self.walk(entries, from: connection.address, trust: trust)
        }
        if let text = head.fields[.realIP] {
            return self.address(text.trimmed).map { ClientOrigin(address: $0, through: .trusted) }
        }
        guard !head.fields.contains(.forwardedFor) else { return nil }
        return ClientOrigin(address: connection.address, through: isMarked ? .unknown : connection.proxies)
    }

    /// Each proxy adds on the right the address that asked it. The first from the right that isn't trusted is the
    /// client. What is to the left of it is the client's own word, and isn't read.
    private static func walk(_ entries: [Substring], from peer: IPEndpoint, trust: ProxyTrust) -> ClientOrigin? {
        var last = peer
        for (index, entry) in entries.enumerated().reversed() {
            // An entry of a trusted proxy: the one that is connected, or one that asked it.
            guard let address = self.address(entry) else { return nil }
            last = address
            guard !trust.contains(address.ip) else { continue }
            // An address that names others again is a proxy itself, or claims to be one.
            return ClientOrigin(address: address, through: index == 0 ? .trusted : .unknown)
        }
        return ClientOrigin(address: last, through: .trusted)
    }

    /// Reads an address with or without a port.
    private static func address(_ text: Substring) -> IPEndpoint? {
        guard text.utf8.count <= 64 else { return nil }
        if let ip = IPAddress(text) { return IPEndpoint(ip.unmapped, port: 0) }
        if let address = IPEndpoint(text), !address.ip.isUnspecified {
            return IPEndpoint(address.ip.unmapped, port: address.port)
        }
        return text.bracketed.flatMap { IPAddress($0) }.map { IPEndpoint($0.unmapped, port: 0) }
    }
}
