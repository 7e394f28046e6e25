import DERPKit
import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

/// A relay and other services in one process. SIGTERM and SIGINT stop all of them gracefully, SIGHUP reads files again.
@main
struct RelayBesideServices {
    static func main() async throws {
        Self.raiseFileLimit()
        signal(SIGPIPE, SIG_IGN)

        let logger = Logger(label: "app")
        var configuration = RelayServer.Configuration(
            privateKey: try KeyFile(path: "relay.key").loadOrCreate().key,
            addresses: [IPEndpoint(.loopbackIPv4, port: 3443)],
            security: .tls(try Certificate.selfSigned(for: "127.0.0.1"))
        )
        configuration.stunAddresses = [IPEndpoint(.loopbackIPv4, port: 3478)]
        let relay = try RelayServer(configuration: configuration, logger: logger)

        let services = ServiceGroup(
            services: [relay, Reloader(relay: relay), Reporter(relay: relay)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        try await services.run()
    }

    /// Each client takes an open file. Many systems start a process with 1,024, and let it raise that itself.
    static func raiseFileLimit() {
        var limit = rlimit()
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        if getrlimit(files, &limit) == 0 {
            limit.rlim_cur = limit.rlim_max
            setrlimit(files, &limit)
        }
    }
}

/// Reads certificates, lists, rates and maps again on SIGHUP.
struct Reloader: Service {
    let relay: RelayServer

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sighup) {
                await self.relay.reload()
            }
        }
    }
}

/// Any other service of the process.
struct Reporter: Service {
    let relay: RelayServer

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat {
                print("The relay listens at \(await self.relay.boundAddresses)")
            } while (try? await Task.sleep(for: .seconds(10))) != nil
        }
    }
}
