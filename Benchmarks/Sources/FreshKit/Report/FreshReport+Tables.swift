/// The heads and rows of the report's tables.
extension FreshReport {
    private static func place(_ result: FreshResult) -> [String] {
        ["\(result.item.line.name), \(result.item.isTLS ? "TLS" : "plain")", result.server]
    }

    private static func verdict(_ result: FreshResult) -> String {
        result.missed.isEmpty ? "yes" : "no: " + result.missed.joined(separator: ", ")
    }

    static let ageHead = [
        "line", "server", "floor", "age p50", "goal", "age p99", "goal", "max", "light delivered", "goal", "light p99",
        "goal", "disco delivered", "goal", "disco p99", "reached",
    ]

    static func ageRow(_ result: FreshResult) -> [String] {
        let goals = result.goals
        func limit(_ excess: Double) -> String { "≤ " + Figure.milliseconds(result.floor.map { $0 + excess }) }
        let least = "≥ \(Figure.percent(goals.delivered)) %"
        return Self.place(result) + [
            Figure.milliseconds(result.floor),
            Figure.milliseconds(result.flood.median), limit(goals.medianExcess),
            Figure.milliseconds(result.flood.p99), limit(goals.p99Excess), Figure.milliseconds(result.flood.most),
            "\(Figure.percent(result.light.share)) %", least,
            Figure.milliseconds(result.light.ages.p99), limit(goals.lightExcess),
            "\(Figure.percent(result.disco.share)) %", least, Figure.milliseconds(result.disco.ages.p99),
            Self.verdict(result),
        ]
    }

    static let lineHead = [
        "line", "server", "stream Mbit/s", "bulk TCP", "of bulk", "goal", "packets Mbit/s", "wire Mbit/s",
        "not sent p50 KiB", "max", "window p50 KiB", "sent again",
    ]

    static func lineRow(_ result: FreshResult) -> [String] {
        func megabits(_ rate: Double?) -> String { Figure.decimal(rate.map { $0 * 8 / 1e6 }, 2) }
        return Self.place(result) + [
            megabits(result.streamRate), megabits(result.bulkRate), "\(Figure.percent(result.throughput)) %",
            "≥ \(Figure.percent(result.goals.throughput)) %", megabits(result.payloadRate), megabits(result.wireRate),
            Figure.kibibytes(result.notSent.median), Figure.kibibytes(result.notSent.most),
            Figure.kibibytes(result.window.median), "\(result.retransmitted)",
        ]
    }

    static let shareHead = [
        "line", "server", "begin", "least of mean", "most of mean", "difference", "goal", "age p50", "light delivered",
        "light p99", "reached",
    ]

    static func shareRow(_ result: FreshResult) -> [String] {
        let range = result.shareRange
        return Self.place(result) + [
            result.item.scenario == .mixed ? "five later" : "together",
            Figure.decimal(range?.least, 2), Figure.decimal(range?.most, 2), "\(Figure.percent(range?.spread)) %",
            "≤ \(Figure.percent(result.goals.shareSpread)) %", Figure.milliseconds(result.flood.median),
            "\(Figure.percent(result.light.share)) %", Figure.milliseconds(result.light.ages.p99), Self.verdict(result),
        ]
    }

    static let stallHead = [
        "line", "server", "receiver's kernel KiB", "relay's kernel KiB", "goal: 32 KiB + window",
        "oldest of the rest", "p50 of the rest", "older than 100 / 250 / 500 ms, KiB", "reached",
    ]

    static func stallRow(_ result: FreshResult) -> [String] {
        let stall = result.stall
        let older = stall?.older.map { Figure.kibibytes(Double($0)) }.joined(separator: " / ")
        return Self.place(result) + [
            Figure.kibibytes(stall.map { Double($0.receiverHeld) }),
            Figure.kibibytes(stall.map { Double($0.relayHeld) }),
            "≤ " + Figure.kibibytes(stall.map { Double(result.goals.kernelQueue + $0.window) }),
            Figure.milliseconds(stall?.rest.most), Figure.milliseconds(stall?.rest.median), older ?? "–",
            Self.verdict(result),
        ]
    }
}
