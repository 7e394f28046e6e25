import DERPKit

/// A relay whose certificate Let's Encrypt issues. It needs ports 80 and 443, and a name that leads to this machine:
///
///     RelayWithACME derp.example.com
@main
struct RelayWithACME {
    static func main() async throws {
        guard let host = CommandLine.arguments.dropFirst().first else {
            return print("Which name do clients connect to?")
        }

        var authority = ACMEConfiguration(storage: "certificates")
        authority.email = "admin@example.com"
        let orders = try ACMECertificates(configuration: authority, hosts: [host])

        var configuration = RelayServer.Configuration(
            privateKey: try KeyFile(path: "relay.key").loadOrCreate().key,
            addresses: [IPEndpoint(.anyIPv6, port: 443)],
            security: .acme(orders)
        )
        configuration.plainHTTPAddresses = [IPEndpoint(.anyIPv6, port: 80)]

        let relay = try RelayServer(configuration: configuration)
        try await relay.run()
    }
}
