import AsyncSockets
import STUNKit

/// Gathers the relay's numbers on request, from wherever they are counted.
struct RelayMetrics: Sendable {
    let relays: [RelayLoop]
    let forwarder: PacketForwarder
    let stun: STUNServer
    let regionMap: RegionMap
    let certificates: CertificateSet?
    let bootstrapDNS: BootstrapDNS
    let links: [MeshLink]
    let takeovers: TakeoverTally

    private struct LoopNumbers {
        var counters = RelayCounters()
        var strangers = StrangerCounters()
        var waiting = WaitingCounters()
        var openStreams = 0
        var held = 0
    }

    func render() async -> [UInt8] { await self.statistics().prometheusBytes }

    func statistics() async -> RelayStatistics {
        var loops = LoopNumbers()
        for relay in self.relays {
            let (counters, open, held, strangers, waiting) = await relay.loop.run {
                (
                    relay.counters, relay.openStreams, relay.held.count, StrangerCounters(relay.loop),
                    WaitingCounters(relay.loop)
                )
            }
            loops.counters += counters
            loops.strangers += strangers
            loops.waiting += waiting
            loops.openStreams += open
            loops.held += held
        }
        let counts = await self.forwarder.counts
        var links: [RelayStatistics.Mesh.Link] = []
        for link in self.links { links.append(.init(await link.currentStatus)) }
        return RelayStatistics(
            connections: .init(loops.counters, open: loops.openStreams),
            clients: .init(loops.counters, counts, held: loops.held),
            packets: .init(loops.counters),
            mesh: .init(counts, links: links),
            certificates: self.certificates?.status ?? [],
            hasQueueDelays: self.relays.contains { $0.queueDelayLimit != nil },
            counters: loops.counters,
            strangers: loops.strangers,
            waiting: loops.waiting,
            certificateCounters: self.certificates?.counters,
            map: await .init(self.regionMap),
            stun: self.stun.counters,
            bootstrapDNS: self.bootstrapDNS.counters,
            takeover: self.takeovers.counts
        )
    }
}
