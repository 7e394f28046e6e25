import LoadKit

extension SuitePlan {
    /// Returns the charts, by the names of their files.
    func plots(of report: ComparisonReport) -> [(name: String, plot: LinePlot)] {
        let rates = self.rates.map(Self.name(rate:))
        let crowds = self.crowds.map(Self.name(crowd:)) + ["idle"]
        let offered = "offered packets/s"
        let load = "1400 B, 10 pairs over TLS"
        return [
            (
                "throughput.svg",
                LinePlot(
                    "Throughput with stock clients, \(load)",
                    x: offered,
                    y: "delivered packets/s",
                    lines: report.lines(rates, x: "wanted", y: "delivered")
                )
            ),
            (
                "loss.svg",
                LinePlot(
                    "Loss with stock clients, \(load)",
                    x: offered,
                    y: "lost, %",
                    lines: report.lines(rates, x: "wanted", y: "loss")
                )
            ),
            (
                "latency.svg",
                LinePlot(
                    "Latency with stock clients, \(load), \(Report.format(Double(self.rates[0]))) packets/s",
                    x: "percentile of packets",
                    y: "µs",
                    marks: ComparisonReport.percentileMarks,
                    lines: report.percentileLines(Self.name(rate: self.rates[0]))
                )
            ),
            (
                "memory.svg",
                LinePlot(
                    "Memory of clients that send nothing, over TLS",
                    x: "clients",
                    y: "resident, KiB",
                    lines: report.lines(crowds, x: "clients", y: "server resident")
                )
            ),
        ]
    }
}
