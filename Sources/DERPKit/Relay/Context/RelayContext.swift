import AsyncSockets
import Logging

/// What every connection of a relay needs to know. It is one object, so that each connection holds a single reference.
final class RelayContext: Sendable {
    let configuration: RelayServer.Configuration
    let forwarder: PacketForwarder
    let regionMap: RegionMap
    let bootstrapDNS: BootstrapDNS
    let logger: Logger
    /// The log lines that others can cause.
    let lines: RelayLines
    /// The readers of events.
    let events = RelayEventHub()
    /// Decides about clients. `nil` when everybody is admitted.
    let gatekeeper: Gatekeeper?
    /// Refuses connections that are too many.
    let gate: ConnectionGate
    /// Refuses connections while memory is short.
    let memory: MemoryGuard
    /// Holds the clients that are refused.
    let refusals: RefusalPool
    /// The first bytes that the server sends to every client.
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
