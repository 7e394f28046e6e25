import DERPKit
import Hummingbird
import Logging
import ServiceLifecycle

/// A Hummingbird app with a relay in it: SIGTERM and SIGINT stop both gracefully.
@main
struct HummingbirdApp {
    static func main() async throws {
        let logger = Logger(label: "app")

        let configuration = RelayServer.Configuration(
            privateKey: try KeyFile(path: "relay.key").loadOrCreate().key,
            addresses: [IPEndpoint(.loopbackIPv4, port: 3443)],
            security: .tls(try Certificate.selfSigned(for: "127.0.0.1"))
        )
        let relay = try RelayServer(configuration: configuration, logger: logger)

        let router = Router()
        router.get("relay") { _, _ in
            """
            key \(relay.configuration.privateKey.publicKey)
            at \(await relay.boundAddresses)
            pin \(relay.certificatePin ?? "none")

            """
        }
        let app = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 8080)),
            services: [relay],
            logger: logger
        )
        try await app.runService()
    }
}
