import DERPKit
import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

/// The relay as the service group sees it: a first signal stops it gracefully, a second one at once.
struct RelayService: Service {
    let relay: RelayServer
    let logger: Logger

    /// The process is gone this long after the first signal, whatever hangs.
    static let stopLimit: Duration = .milliseconds(4500)

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.watchSignals() }
            try await self.runRelay()
            group.cancelAll()
        }
    }

    private func runRelay() async throws {
        try await withGracefulShutdownHandler {
            try await self.relay.run()
        } onGracefulShutdown: {
            self.logger.info("Stopping")
            Task { await self.relay.shutdown() }
        }
        self.logger.info("Stopped")
    }

    private func watchSignals() async {
        var received = 0
        for await signal in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
            received += 1
            if received > 1 { exit(128 + signal.rawValue) }
            Task {
                try? await Task.sleep(for: Self.stopLimit)
                self.logger.warning("Stopped before every client was told")
                exit(EXIT_SUCCESS)
            }
        }
    }
}
