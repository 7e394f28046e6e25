// A relay on this machine only. It serves until Ctrl-C ends the process.

import DERPKit

@main
struct MinimalRelay {
    static func main() async throws {
        let configuration = RelayServer.Configuration(
            privateKey: try KeyFile(path: "relay.key").loadOrCreate().key,
            addresses: [IPEndpoint(.loopbackIPv4, port: 3443)],
            security: .tls(try Certificate.selfSigned(for: "127.0.0.1"))
        )
        let relay = try RelayServer(configuration: configuration)
        try await relay.start()
        print("Relaying at \(await relay.boundAddresses), pin \(relay.certificatePin ?? "none")")
        try await relay.run()
    }
}
