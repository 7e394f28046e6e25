extension RelayServer {
    /// The relay's current numbers, which are those that `/metrics` shows.
    ///
    /// Reading them visits each event loop, and looks once at each client's key.
    public nonisolated var statistics: RelayStatistics {
        get async { await self.metrics.statistics() }
    }

    nonisolated var metrics: RelayMetrics {
        RelayMetrics(
            relays: self.relays,
            forwarder: self.context.forwarder,
            stun: self.stun,
            regionMap: self.regionMap,
            certificates: self.certificates,
            bootstrapDNS: self.context.bootstrapDNS,
            links: self.links,
            takeovers: self.takeovers
        )
    }
}
