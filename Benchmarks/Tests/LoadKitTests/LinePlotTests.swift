import LoadKit
import Testing

@Suite struct LinePlotTests {
    private let lines = [LinePlot.Line("ours", [(50_000, 1), (800_000, 2)])]

    @Test("An axis with marks names them, not round numbers")
    func marks() {
        let marks = ComparisonReport.percentileMarks
        let plot = LinePlot(
            "Latency",
            x: "percentile",
            y: "µs",
            marks: marks,
            lines: [LinePlot.Line("ours", [(1, 500)])]
        )
        for name in ["50 %", "90 %", "99 %", "99.9 %", "99.99 %"] { #expect(plot.svg.contains(">\(name)</text>")) }
        #expect(!plot.svg.contains(">1.00</text>"))
    }

    @Test("The last name of the horizontal axis is within the picture")
    func margins() throws {
        let svg = LinePlot("Throughput", x: "packets/s", y: "packets/s", lines: self.lines).svg
        let last = try #require(svg.split(separator: "\n").last { $0.contains(">800 000</text>") })
        let place = try #require(Double(last.split(separator: "\"")[1]))
        // Seven characters of at most 8 units, of which half are to the right.
        #expect(place + 28 < 720)
    }
}
