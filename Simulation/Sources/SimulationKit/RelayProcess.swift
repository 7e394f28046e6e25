import CSimulatedSystem
import DERPKit
import Logging

/// A process that serves, or begins to, or is being succeeded.
@MainActor
final class RelayProcess {
    let number: UInt32
    let server: RelayServer
    private let group: IOLoopGroup
    /// When it began to serve.
    var servesSince: UInt64?
    var isServing: Bool { self.servesSince != nil }

    /// A number for each process that was ever started.
    private static var count: UInt32 = 0

    /// Starts a process on the host at `address`.
    init(
        of index: Int,
        at address: UInt32,
        log: TraceLog,
        configuration: (IOLoopGroup) throws -> RelayServer.Configuration
    ) throws {
        Self.count += 1
        let number = Self.count
        csim_start_process(number, address)
        csim_set_process(number)
        defer { csim_set_process(0) }
        let logger = Logger(label: "relay\(index)") { _ in LogHandlerOfRelay(index: index, log: log) }
        do {
            self.group = try IOLoopGroup(count: SimulatedRelay.loops)
            self.server = try RelayServer(configuration: try configuration(self.group), on: self.group, logger: logger)
        } catch {
            csim_crash_process(number)
            throw error
        }
        self.number = number
        Task.detached { [server = self.server] in
            do {
                try await server.start()
                log.note(.serves(relay: index, process: number))
                try await server.run()
                log.note(.ended(relay: index, process: number, nil))
            } catch {
                log.note(.ended(relay: index, process: number, "\(error)"))
            }
        }
    }

    /// Runs `body` in the process.
    func run(_ body: @escaping @Sendable (RelayServer) async -> Void) {
        csim_set_process(self.number)
        defer { csim_set_process(0) }
        Task.detached { [server = self.server] in await body(server) }
    }

    /// Nothing of it runs again. It would end in order if its objects were given back.
    func abandon() {
        _ = Unmanaged.passRetained(self.server)
        _ = Unmanaged.passRetained(self.group)
    }
}
