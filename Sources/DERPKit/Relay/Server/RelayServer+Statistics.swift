extension RelayServer {
    /// The relay's numbers as they are now: those that `/metrics` shows.
    ///
    /// It costs a visit to each event loop, and looks at each client's key once.
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
