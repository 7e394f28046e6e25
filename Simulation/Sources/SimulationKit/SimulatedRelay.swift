import CSimulatedSystem
import DERPKit
import Stories

/// A relay on a host of its own, which may lose power and come back. For a while two processes may serve there, while
/// one takes over from the other.
@MainActor
final class SimulatedRelay {
    let index: Int
    let address: UInt32
    private let count: Int
    private let features: StoryFeatures
    private let key: NodePrivateKey
    private let meshKey: MeshKey
    private let judge: Judge
    private let log: TraceLog
    /// The newest last.
    private(set) var processes: [RelayProcess] = []
    private(set) var isStopping = false
    /// When a process was last told to stop, or ended where it was.
    private(set) var lastTrouble: UInt64?
    /// Since when it has served without a break.
    private(set) var servesSince: UInt64?

    static let loops = 2

    init(
        index: Int,
        of count: Int,
        features: StoryFeatures,
        meshKey: MeshKey,
        judge: Judge,
        log: TraceLog
    ) {
        self.features = features
        self.index = index
        self.address = Address.relay(index)
        self.count = count
        self.key = NodePrivateKey()
        self.meshKey = meshKey
        self.judge = judge
        self.log = log
    }

    var isUp: Bool { !self.processes.isEmpty }
    /// The process that serves newcomers, or will.
    var process: RelayProcess? { self.processes.last { $0.isServing } ?? self.processes.last }

    /// Starts a process, unless there is one. Returns whether there is one now that isn't about to end.
    func start() throws -> Bool {
        guard self.processes.isEmpty else { return !self.isStopping }
        self.isStopping = false
        self.processes.append(try self.makeProcess())
        return true
    }

    /// Starts another process, which takes over from the one that serves.
    func takeOver() throws {
        guard self.processes.count == 1, self.processes[0].isServing, !self.isStopping else { return }
        self.processes.append(try self.makeProcess())
    }

    private func makeProcess() throws -> RelayProcess {
        try RelayProcess(of: self.index, at: self.address, log: self.log) { try self.configuration(on: $0) }
    }

    private func configuration(on group: IOLoopGroup) throws -> RelayServer.Configuration {
        guard let address = IPAddress(Address.text(self.address)) else { throw SimulationError.setUp }
        var configuration = RelayServer.Configuration(
            privateKey: self.key,
            addresses: [IPEndpoint(address, port: Address.port)],
            security: .none
        )
        var mesh = MeshConfiguration(key: self.meshKey)
        var others = (0..<self.count).filter { $0 != self.index }.map(Address.relay)
        if self.features.contains(.hostileNodes) { others.append(Address.hostileNode) }
        mesh.nodes = others.map {
            MeshNode(DERPClient.Server(host: Address.text($0), port: Address.port, security: .none))
        }
        if !others.isEmpty { configuration.mesh = mesh }
        configuration.takeover = TakeoverConfiguration(path: "/simulated/relay\(self.index)/takeover")
        if self.features.contains(.patience) { configuration.queueDelayLimit = .zero }
        configuration.admission.verifiers = [self.judge]
        configuration.admission.allowLifetime = .seconds(2)
        if self.features.contains(.controller) {
            let controller = try ControllerVerifier(url: "http://controller.simulated/verify", on: group)
            configuration.admission.verifiers.append(controller)
        }
        if self.features.contains(.denyList) {
            configuration.admission.lists = KeyLists(
                allow: nil,
                deny: try KeyListFile(path: Story.FileKind.denyList.path)
            )
        }
        if self.features.contains(.rates) {
            configuration.rateLimitFile = try RateLimitFile(path: Story.FileKind.rates.path)
        }
        if self.features.contains(.datagrams) {
            configuration.stunAddresses = [IPEndpoint(address, port: Address.stunPort)]
        }
        if self.features.contains(.maps) {
            configuration.mapSources.urls = ["http://maps.simulated/map"]
            configuration.mapSources.paths = [Story.FileKind.map.path]
            configuration.mapSources.updateInterval = .seconds(5)
        }
        return configuration
    }

    /// Ends the relay in order.
    func stop() {
        self.noteTrouble()
        self.isStopping = true
        for process in self.processes { process.run { await $0.shutdown() } }
    }

    /// The host loses power.
    func kill() {
        self.noteTrouble()
        csim_kill_host(self.address)
        self.processes.forEach { $0.abandon() }
        self.processes = []
    }

    /// A process ends where it is.
    func crash(_ process: RelayProcess) {
        self.noteTrouble()
        csim_crash_process(process.number)
        process.abandon()
        self.processes.removeAll { $0 === process }
    }

    private func noteTrouble() {
        self.servesSince = nil
        self.lastTrouble = csim_now()
    }

    func noteServing(_ number: UInt32) {
        // It may be gone already.
        guard let process = self.processes.first(where: { $0.number == number }) else { return }
        process.servesSince = csim_now()
        if self.servesSince == nil, !self.isStopping { self.servesSince = csim_now() }
    }

    func noteEnd(_ number: UInt32) {
        self.processes.removeAll { $0.number == number }
        if self.processes.isEmpty { self.servesSince = nil }
    }
}
