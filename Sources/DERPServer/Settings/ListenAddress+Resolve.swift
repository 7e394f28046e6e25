import AsyncSockets
import DERPKit

extension ListenAddress {
    /// How long the resolver may take.
    private static let patience: Duration = .seconds(10)

    /// The address to bind. A name stands for its first IPv4 address, or its first IPv6 address when it has no other,
    /// and `0.0.0.0` for every address of both families, all as in Go.
    ///
    /// - Throws: ``DERPError``: `connection` for a name that stands for no address, or `timeout`.
    func resolve(by resolver: HostResolver = .shared) async throws(DERPError) -> IPEndpoint {
        if self.isEvery { return IPEndpoint(.anyIPv6, port: self.port) }
        let addresses = try await resolver.addresses(of: self.host, until: .now + Self.patience)
        guard let address = addresses.first(where: { $0.family == .ipv4 }) ?? addresses.first else {
            throw DERPError(.connection, "\(self.host) has no address")
        }
        return IPEndpoint(address, port: self.port)
    }
}
