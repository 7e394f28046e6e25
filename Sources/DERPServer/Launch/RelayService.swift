import DERPKit
import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

/// The relay as the service group sees it: a first signal stops it gracefully, a second one at once. SIGHUP
/// has read again what may have changed.
struct RelayService: Service {
    let relay: RelayServer
    let logger: Logger
    /// Called as soon as the relay listens. Signals are heeded already.
    let onStart: @Sendable () async throws -> Void

    /// The process ends this long after the first signal, whatever hangs.
    static let stopLimit: Duration = .milliseconds(4500)

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.watch(signals) }
            defer { group.cancelAll() }
            try await self.relay.start()
            try await self.onStart()
            try await withGracefulShutdownHandler {
                try await self.relay.run()
            } onGracefulShutdown: {
                self.logger.info("Stopping")
            }
        }
    }

    private func watch(_ signals: UnixSignalsSequence) async {
        if EarlyHangup.take() { Task { await self.relay.reload() } }
        var received = 0
        for await signal in signals {
            if signal == .sighup {
                Task { await self.relay.reload() }
                continue
            }
            received += 1
            if received > 1 {
                OutputQueue.flush()
                exit(128 + signal.rawValue)
            }
            Task {
                try? await Task.sleep(for: Self.stopLimit)
                self.logger.warning("Stopped before every client was told")
                OutputQueue.flush()
                exit(EXIT_SUCCESS)
            }
        }
    }
}
