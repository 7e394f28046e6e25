import AsyncSockets
import HTTPTypes

/// What a request's header fields say of whom it is from. Anybody can write them: only what trusted proxies put in counts.
enum ForwardedFor {
    /// Whom a request is from that comes on a connection from `connection`.
    static func origin(of head: HTTPRequestHead, on connection: ClientOrigin, trust: ProxyTrust) -> ClientOrigin {
        guard connection.proxies != .unknown, trust.contains(connection.address.ip) else {
            let isMarked = HTTPField.Name.proxyMarks.contains(where: head.fields.contains)
            return ClientOrigin(address: connection.address, through: isMarked ? .unknown : connection.proxies)
        }
        let entries = head.fields.list(.forwardedFor)
        if !entries.isEmpty { return self.walk(entries, from: connection.address, trust: trust) }
        if let text = head.fields[.realIP] {
            guard let address = self.address(text) else {
                return ClientOrigin(address: connection.address, through: .unknown)
            }
            return ClientOrigin(address: address, through: .trusted)
        }
        let isMarked = HTTPField.Name.proxyMarks.contains(where: head.fields.contains)
        return ClientOrigin(address: connection.address, through: isMarked ? .unknown : connection.proxies)
    }

    /// Each proxy adds on the right whom it was asked by: the first from there that isn't trusted is the client.
    private static func walk(_ entries: [Substring], from peer: SocketAddress, trust: ProxyTrust) -> ClientOrigin {
        var last = peer
        for (index, entry) in entries.enumerated().reversed() {
            guard let address = self.address(entry) else { return ClientOrigin(address: last, through: .unknown) }
            last = address
            guard !trust.contains(address.ip) else { continue }
            // Who names others again is a proxy himself, or says so.
            return ClientOrigin(address: address, through: index == 0 ? .trusted : .unknown)
        }
        return ClientOrigin(address: last, through: .trusted)
    }

    /// An address with or without a port.
    private static func address(_ text: some StringProtocol) -> SocketAddress? {
        guard text.utf8.count <= 64 else { return nil }
        if let ip = IPAddress(text) { return SocketAddress(ip.unmapped, port: 0) }
        if let address = SocketAddress(text), !address.ip.isUnspecified {
            return SocketAddress(address.ip.unmapped, port: address.port)
        }
        guard text.hasPrefix("["), text.hasSuffix("]"), let ip = IPAddress(text.dropFirst().dropLast()) else {
            return nil
        }
        return SocketAddress(ip.unmapped, port: 0)
    }
}
