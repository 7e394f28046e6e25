/// Where a scenario plays: a server whose page is read before and after, and whoever else takes part.
final class MetricStage {
    private var kept: [Any] = []
    private var read: (() throws -> MetricsReading)?
    private var before: [MetricSeries: Double] = [:]
    /// What has moved at one time or other since.
    private var moved: Set<MetricSeries> = []

    /// Has `party` live until the end.
    @discardableResult
    func keep<Party>(_ party: Party) -> Party {
        self.kept.append(party)
        return party
    }

    /// Watches a server's page from now on, over one connection that stays, so that reading moves nothing.
    ///
    /// - Parameter other: a server whose page is what it was before, when what moves is known from the start on.
    @discardableResult
    func watch(_ server: ServerProcess, unlike other: ServerProcess? = nil) throws -> ServerProcess {
        self.keep(server)
        var monitor: Connection?
        try eventually("the page can be read") {
            // From elsewhere, so that it needn't make room for those who come from the usual address.
            let connection = try Connection(
                port: server.port,
                on: server.options.address,
                from: server.options.address == .ipv4 ? 9 : nil,
                security: server.security
            )
            guard (try? MetricsReading(over: connection)) != nil else { return false }
            monitor = connection
            return true
        }
        guard let monitor else { throw KitError.missing("no connection") }
        try self.watch { try MetricsReading(over: monitor) }
        if let other { self.before = try MetricsReading(of: other).series }
        return server
    }

    /// Starts a server, and watches it.
    func server(
        _ flags: String...,
        options: ServerOptions = .plain
    ) throws -> ServerProcess {
        // What watches is no client, and stays.
        let server = try self.watch(try ServerProcess(options.with { $0.flags += ["--login-timeout=1h"] + flags }))
        // The connection that saw the server start may not have been noticed to end yet.
        try eventually("only the page's reader is connected") {
            if let read = self.read { self.before = try read().series }
            return self.before[.row("derp_connections")] == 1
        }
        return server
    }

    /// Watches what `read` gives.
    func watch(_ read: @escaping () throws -> MetricsReading) throws {
        self.read = read
        self.before = try read().series
    }

    /// Those of `series` that are as they were, and have been all the time that somebody looked.
    func unmoved(of series: [MetricSeries]) throws -> [MetricSeries] {
        guard let read = self.read else { throw KitError.missing("nothing is watched") }
        let now = try read().series
        for series in series where now[series] != self.before[series] { self.moved.insert(series) }
        return series.filter { !self.moved.contains($0) }
    }
}
