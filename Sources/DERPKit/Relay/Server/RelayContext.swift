import AsyncSockets
import Logging

/// What every connection of a relay needs to know. One object, so that a connection holds but a reference.
final class RelayContext: Sendable {
    let configuration: RelayServer.Configuration
    let forwarder: PacketForwarder
    let regionMap: RegionMap
    let bootstrapDNS: BootstrapDNS
    let logger: Logger
    /// What is said of others.
    let lines: RelayLines
    /// Who wants to hear what happens.
    let events = RelayEventHub()
    /// Decides about clients; `nil` when everybody is admitted.
    let gatekeeper: Gatekeeper?
    /// Keeps out connections that are too many.
    let gate: ConnectionGate
    /// Keeps out connections while memory is short.
    let memory: MemoryGuard
    /// Holds clients that are refused.
    let refusals: RefusalPool
    /// What the server says first to every client.
    let serverKeyFrame: [UInt8]

    init(
        configuration: RelayServer.Configuration,
        forwarder: PacketForwarder,
        regionMap: RegionMap,
        logger: Logger
    ) {
        self.configuration = configuration
        self.forwarder = forwarder
        self.regionMap = regionMap
        self.logger = logger
        self.lines = RelayLines(logger)
        self.bootstrapDNS = BootstrapDNS(names: configuration.bootstrapNames)
        self.gatekeeper = configuration.admission.isOpen ? nil : Gatekeeper(configuration.admission)
        self.serverKeyFrame = Frame.serverKey(configuration.privateKey.publicKey)
        self.gate = ConnectionGate(configuration.connectionLimits, trusted: configuration.proxies.networks)
        self.memory = MemoryGuard(queueMemory: configuration.queueMemory, logger: logger)
        self.refusals = RefusalPool(
            configuration.connectionLimits,
            lists: configuration.admission.lists,
            gate: self.gate
        )
    }
}
