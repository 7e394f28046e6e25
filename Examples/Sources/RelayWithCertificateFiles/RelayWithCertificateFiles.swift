import DERPKit

/// A relay with the certificate in `certificates/127.0.0.1.crt` and `.key`, which it follows when the files change.
@main
struct RelayWithCertificateFiles {
    static func main() async throws {
        // Makes the files when they are missing. A certificate from an authority takes their place at any time.
        _ = try Certificate.selfSigned(for: "127.0.0.1", directory: "certificates")

        let files = try CertificateFiles(directory: "certificates", hosts: ["127.0.0.1"])
        let configuration = RelayServer.Configuration(
            privateKey: try KeyFile(path: "relay.key").loadOrCreate().key,
            addresses: [IPEndpoint(.loopbackIPv4, port: 3443)],
            security: .files(files)
        )

        let relay = try RelayServer(configuration: configuration)
        print("Relaying at \(configuration.addresses) with \(files.certificates.status.map(\.host))")
        try await relay.run()
    }
}
