import CSimulatedSystem
import DERPKit
import Logging

/// A relay on a machine of its own, which may lose power and come back.
@MainActor
final class SimulatedRelay {
    let index: Int
    let address: UInt32
    private let count: Int
    private let key: NodePrivateKey
    private let meshKey: MeshKey
    private let judge: Judge
    private let log: TraceLog
    private(set) var machine: UInt32 = 0
    private(set) var server: RelayServer?
    private var group: IOLoopGroup?

    static let loops = 2

    /// A number for each machine that was ever switched on.
    private static var machines: UInt32 = 0

    var isUp: Bool { self.server != nil }

    init(index: Int, of count: Int, meshKey: MeshKey, judge: Judge, log: TraceLog) {
        self.index = index
        self.address = Address.relay(index)
        self.count = count
        self.key = NodePrivateKey()
        self.meshKey = meshKey
        self.judge = judge
        self.log = log
    }

    /// Switches the machine on, and starts the relay.
    func start() throws {
        guard self.server == nil else { return }
        Self.machines += 1
        self.machine = Self.machines
        csim_start_machine(self.machine, self.address)
        csim_set_machine(self.machine)
        defer { csim_set_machine(0) }
        let group = try IOLoopGroup(count: Self.loops)
        let server = try RelayServer(
            configuration: try self.configuration(),
            on: group,
            logger: Logger(label: "relay\(self.index)") { _ in LogHandlerOfRelay(index: self.index, log: self.log) }
        )
        self.group = group
        self.server = server
        Task.detached { [log = self.log, index = self.index] in
            do { try await server.run() } catch { log.failed(relay: index, error) }
        }
    }

    private func configuration() throws -> RelayServer.Configuration {
        guard let address = IPAddress(Address.text(self.address)) else { throw SimulationError.setUp }
        var configuration = RelayServer.Configuration(
            privateKey: self.key,
            addresses: [IPEndpoint(address, port: Address.port)],
            security: .none
        )
        var mesh = MeshConfiguration(key: self.meshKey)
        mesh.nodes = (0..<self.count).filter { $0 != self.index }.map { index in
            MeshNode(
                DERPClient.Server(
                    host: Address.text(Address.relay(index)),
                    port: Address.port,
                    security: .none
                )
            )
        }
        if self.count > 1 { configuration.mesh = mesh }
        configuration.admission.verifiers = [self.judge]
        return configuration
    }

    /// Ends the relay in order.
    func stop() {
        guard let server = self.server else { return }
        csim_set_machine(self.machine)
        defer { csim_set_machine(0) }
        Task.detached { await server.shutdown() }
        self.server = nil
        self.group = nil
    }

    /// The machine loses power.
    func kill() {
        guard let server = self.server else { return }
        csim_kill_machine(self.machine)
        // It would end in order if it were given back.
        _ = Unmanaged.passRetained(server)
        if let group = self.group { _ = Unmanaged.passRetained(group) }
        self.server = nil
        self.group = nil
    }
}
