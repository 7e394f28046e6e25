import AsyncSockets
import DERPKit

/// Where to listen, as `-a` says it: a host, which may be a name, and a port.
struct ListenAddress: Hashable {
    /// A name or an IP literal without brackets. Empty, `0.0.0.0` and `::` are every address of both families.
    let host: String
    let port: UInt16

    /// Reads `:443`, `192.0.2.1:443`, `[2001:db8::1]:443` or `name:443`; the port may be `http` or `https`. `nil` for
    /// anything else.
    init?(_ text: String) {
        guard let colon = text.lastPosition(of: ":") else { return nil }
        guard let port = Self.port(text.rest(behind: colon)) else { return nil }
        let host = text[..<colon]
        if let literal = host.bracketed {
            guard IPAddress(literal)?.family == .ipv6 else { return nil }
            self.host = String(literal)
        } else {
            let isSane = host.utf8.count <= 253 && host.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x3a }
            guard isSane else { return nil }
            self.host = String(host)
        }
        self.port = port
    }

    init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// The same host with another port.
    func with(port: UInt16) -> Self { Self(host: self.host, port: port) }

    /// The host if it is one address, rather than a name or every address.
    var literal: IPAddress? {
        guard let address = IPAddress(self.host), !address.isUnspecified else { return nil }
        return address
    }

    /// Whether it is every address rather than one.
    var isEvery: Bool { self.host.isEmpty || IPAddress(self.host)?.isUnspecified == true }

    private static func port(_ text: Substring) -> UInt16? {
        switch text {
        case "http": return 80
        case "https": return 443
        default:
            guard text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
            return UInt16(text)
        }
    }
}

extension ListenAddress: CustomStringConvertible {
    /// As ``init(_:)`` reads it.
    var description: String { "\(self.host.holds(":") ? "[\(self.host)]" : self.host):\(self.port)" }
}

extension ListenAddress {
    /// How long the resolver may take.
    private static let patience: Duration = .seconds(10)

    /// Looks up the address to bind. A name means its first IPv4 address, or its first IPv6 address if it has no other.
    /// `0.0.0.0` means every address of both families. All this is as in Go.
    ///
    /// - Throws: ``DERPError``: `connection` for a name without an address, or `timeout`.
    func resolve(by resolver: HostResolver = .shared) async throws(DERPError) -> IPEndpoint {
        if self.isEvery { return IPEndpoint(.anyIPv6, port: self.port) }
        let addresses = try await resolver.addresses(of: self.host, until: .now + Self.patience)
        guard let address = addresses.first(where: { $0.family == .ipv4 }) ?? addresses.first else {
            throw DERPError(.connection, "\(self.host) has no address")
        }
        return IPEndpoint(address, port: self.port)
    }
}
