import LoadKit

/// What the suite measures, and what it draws.
struct SuitePlan {
    struct Entry {
        let name: String
        /// A mode and its options.
        let text: String
    }

    let rounds: Int
    let entries: [Entry]
    private let rates: [Int]
    private let crowds: [Int]

    private init(rounds: Int, presets: [String], seconds: Double, rates: [Int], crowds: [Int]) {
        self.rounds = rounds
        self.rates = rates
        self.crowds = crowds
        let named = Preset.all.filter { presets.contains($0.name) }.map { preset in
            Entry(name: preset.name, text: preset.text + Self.timing(of: preset.text, seconds))
        }
        let sweep = rates.map {
            Entry(
                name: Self.name(rate: $0),
                text: "relay --rate \($0) --allow-loss --warmup 0.5 --duration \(seconds)"
            )
        }
        let idle = crowds.map { Entry(name: Self.name(crowd: $0), text: "idle --clients \($0) --hold 1") }
        self.entries = named + sweep + idle
    }

    /// In about 8 minutes with the limit, and one server's share more for each further one.
    static let full = SuitePlan(
        rounds: 3,
        presets: Preset.all.map(\.name),
        seconds: 3,
        rates: [25_000, 50_000, 100_000, 200_000, 400_000, 600_000, 800_000, 1_000_000],
        crowds: [500, 1000, 2000, 4000]
    )

    /// In a minute.
    static let quick = SuitePlan(
        rounds: 1,
        presets: ["pairs", "small", "overload", "ping-pong", "logins", "stun"],
        seconds: 1,
        rates: [50_000, 200_000, 800_000],
        crowds: [500, 1000]
    )

    private static func timing(of text: String, _ seconds: Double) -> String {
        switch text.split(separator: " ").first {
        case "relay", "pingpong": " --warmup 0.5 --duration \(seconds)"
        case "connect", "stun": " --duration \(seconds)"
        default: ""
        }
    }

    private static func name(rate: Int) -> String { "offered \(rate)/s" }
    private static func name(crowd: Int) -> String { "idle \(crowd)" }
}

// MARK: Plots

extension SuitePlan {
    func plots(of report: ComparisonReport) -> [(name: String, plot: LinePlot)] {
        let rates = self.rates.map(Self.name(rate:))
        let crowds = self.crowds.map(Self.name(crowd:))
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
                    lines: report.percentileLines(rates[0])
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
