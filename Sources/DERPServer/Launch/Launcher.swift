import UnixSignals
import AsyncSockets
import DERPKit
import Logging
import ServiceLifecycle

/// Starts the relay, announces it, and waits until a signal stops it.
struct Launcher {
    let settings: ServerSettings

    /// Serves until SIGTERM or SIGINT, then stops gracefully.
    ///
    /// - Throws: ``StartError`` when a file can't be used or an address can't be listened on.
    func serve() async throws {
        let logger = Logger.server(level: self.settings.logLevel)
        FileLimit.raise()

        let preparation = try await Preparation(self.settings)
        let relay = try RelayServer(configuration: preparation.configuration, logger: logger)
        let service = RelayService(relay: relay, logger: logger) { [logger] in
            for notice in preparation.notices {
                logger.log(level: notice.level, notice.message, metadata: notice.metadata)
            }
            await self.announce(relay, logger: logger)
        }
        let services: [any Service] = [service, MemoryReturn(relay: relay)]

        // The relay logs what matters. The group's own lines would repeat it.
        var quiet = logger
        quiet.logLevel = .critical
        let group = ServiceGroup(
            configuration: .init(
                // The relay ends by itself when another process has taken over.
                services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: quiet
            )
        )
        do {
            try await group.run()
        } catch let error as DERPError where error.setting != nil {
            throw StartError(listening: error, with: self.settings)
        } catch let error as DERPError where error.code == .takeover {
            throw StartError(\.peers.takeover, error)
        } catch let error as DERPError where error.code == .invalidConfiguration {
            throw await StartError(reading: error, by: relay)
        }
    }

    private func announce(_ relay: RelayServer, logger: Logger) async {
        // On standard output and in the form of a DERP map, so that it can be copied.
        if let pin = relay.certificatePin {
            OutputQueue.standardOutput.write("CertName: \(pin)\n")
        }
        let addresses = await Self.text(of: relay.boundAddresses)
        let plain = await Self.text(of: relay.boundPlainHTTPAddresses)
        let stun = await Self.text(of: relay.boundSTUNAddresses)
        logger.info(
            "Serving",
            metadata: [
                "addresses": "\(addresses)",
                "http": "\(plain)",
                "stun": "\(stun)",
                "hostname": "\(self.settings.hostnames.joined(separator: ","))",
                "tls": "\(self.settings.transport.isTLS)",
                "key": "\(relay.configuration.privateKey.publicKey)",
                "version": "\(RelayServer.version)",
            ]
        )
    }

    private static func text(of addresses: [IPEndpoint]) -> String {
        addresses.isEmpty ? "off" : addresses.map(\.description).joined(separator: " ")
    }
}
