extension ComparisonReport {
    /// A line for each server through the medians of some scenarios.
    ///
    /// - Parameters:
    ///   - scenarios: their names, in any order.
    ///   - x: the figure on the horizontal axis.
    ///   - y: the figure on the vertical axis.
    public func lines(_ scenarios: [String], x: String, y: String) -> [LinePlot.Line] {
        self.servers.indices.map { server in
            let points = self.sections.filter { scenarios.contains($0.scenario) }.compactMap { section in
                section.median(x, server: server).flatMap { x in section.median(y, server: server).map { (x, $0) } }
            }
            return LinePlot.Line(self.servers[server], points)
        }
    }

    /// A line for each server through the latencies of one scenario's first round; the axis is in nines: 1 is 90 %.
    public func percentileLines(_ scenario: String) -> [LinePlot.Line] {
        guard let section = self.sections.first(where: { $0.scenario == scenario }) else { return [] }
        return zip(self.servers, section.reports).compactMap { server, reports in
            guard let percentiles = reports.first?.percentiles else { return nil }
            let nines: [Double: Double] = [0: 0, 50: 0.301, 75: 0.602, 90: 1, 95: 1.301, 99: 2, 99.9: 3, 99.99: 4]
            return LinePlot.Line(
                server,
                percentiles.compactMap { one in
                    nines[one.percentile].map { ($0, one.microseconds) }
                }
            )
        }
    }
}
