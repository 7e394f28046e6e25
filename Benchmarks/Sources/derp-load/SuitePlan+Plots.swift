import LoadKit

extension SuitePlan {
    /// Returns the charts, by the names of their files.
    func plots(of report: ComparisonReport) -> [(name: String, plot: LinePlot)] {
        let rates = self.rates.map(Self.name(rate:))
        let crowds = self.crowds.map(Self.name(crowd:)) + ["idle"]
        let offered = "offered packets/s"
        return [
            (
                "throughput.svg",
                LinePlot(
                    "Throughput, 1400 B, 10 pairs",
                    x: offered,
                    y: "delivered packets/s",
                    lines: report.lines(rates, x: "wanted", y: "delivered")
                )
            ),
            (
                "loss.svg",
                LinePlot(
                    "Loss, 1400 B, 10 pairs",
                    x: offered,
                    y: "lost, %",
                    lines: report.lines(rates, x: "wanted", y: "loss")
                )
            ),
            (
                "latency.svg",
                LinePlot(
                    "Latency, 1400 B, 10 pairs, \(self.rates[0]) packets/s",
                    x: "nines (1: 90 %, 2: 99 %, 3: 99.9 %)",
                    y: "µs",
                    lines: report.percentileLines(Self.name(rate: self.rates[0]))
                )
            ),
            (
                "memory.svg",
                LinePlot(
                    "Memory of idle clients",
                    x: "clients",
                    y: "resident, KiB",
                    lines: report.lines(crowds, x: "clients", y: "server resident")
                )
            ),
        ]
    }
}
