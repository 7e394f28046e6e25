import LoadKit

/// The results of a run, as Markdown.
public struct FreshReport: Sendable {
    let settings: RunSettings
    var results: [FreshResult] = []
    /// What bulk transfers got, in bytes a second.
    var bulk: [LineSettings: Double] = [:]

    init(settings: RunSettings) { self.settings = settings }

    /// Whether all measurements count. A goal that is missed is not an error.
    public var isSuccess: Bool { self.results.allSatisfy(\.failures.isEmpty) }

    /// Returns the report.
    ///
    /// - Parameter title: What it is headed with.
    public func markdown(title: String) -> String {
        var parts = ["# \(title)", self.explanation]
        parts += self.section("A flood beside light senders", [.flood], Self.ageHead, Self.ageRow)
        parts += self.section("The line and the kernel's queue", [.flood], Self.lineHead, Self.lineRow)
        parts += self.section("Ten senders to one receiver", [.shares, .mixed], Self.shareHead, Self.shareRow)
        parts += self.section("A receiver that doesn't read for 500 ms", [.stall], Self.stallHead, Self.stallRow)
        parts.append(self.machine)
        return parts.joined(separator: "\n\n") + "\n"
    }

    private func section(
        _ title: String,
        _ scenarios: Set<FreshScenario>,
        _ head: [String],
        _ row: (FreshResult) -> [String]
    ) -> [String] {
        let rows = self.results.filter { scenarios.contains($0.item.scenario) }.map(row)
        return rows.isEmpty ? [] : ["## \(title)", MarkdownTable.lines([head] + rows)]
    }

    private var explanation: String {
        let demand =
            self.settings.demand > 0 ? "\(Figure.short(self.settings.demand)) times the line's rate" : "as TCP takes it"
        return """
            One receiver is behind a slow line, the senders are beside the relay. Flooding senders send packets of \
            \(self.settings.size) B, \(demand) together. A light sender sends 50 packets of 100 B a second, another one \
            10 packets of path discovery. A packet's age is the time from its write to its arrival, in ms. *Floor* is the \
            median of the smoothed round trip that the relay's kernel measures on the receiver's connection under this \
            load. A goal stands behind the figure. Each figure is from \(Figure.short(self.settings.seconds)) s.
            """
    }

    private static func place(_ result: FreshResult) -> [String] {
        ["\(result.item.line.name), \(result.item.isTLS ? "TLS" : "plain")", result.server]
    }

    private static func verdict(_ result: FreshResult) -> String {
        result.missed.isEmpty ? "yes" : "no: " + result.missed.joined(separator: ", ")
    }

    private static let ageHead = [
        "line", "server", "floor", "age p50", "goal", "age p99", "goal", "max", "light delivered", "goal", "light p99",
        "goal", "disco delivered", "goal", "disco p99", "reached",
    ]

    private static func ageRow(_ result: FreshResult) -> [String] {
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

    private static let lineHead = [
        "line", "server", "stream Mbit/s", "bulk TCP", "of bulk", "goal", "packets Mbit/s", "wire Mbit/s",
        "not sent p50 KiB", "max", "window p50 KiB", "sent again",
    ]

    private static func lineRow(_ result: FreshResult) -> [String] {
        func megabits(_ rate: Double?) -> String { Figure.decimal(rate.map { $0 * 8 / 1e6 }, 2) }
        return Self.place(result) + [
            megabits(result.streamRate), megabits(result.bulkRate), "\(Figure.percent(result.throughput)) %",
            "≥ \(Figure.percent(result.goals.throughput)) %", megabits(result.payloadRate), megabits(result.wireRate),
            Figure.kibibytes(result.notSent.median), Figure.kibibytes(result.notSent.most),
            Figure.kibibytes(result.window.median), "\(result.retransmitted)",
        ]
    }

    private static let shareHead = [
        "line", "server", "begin", "least of mean", "most of mean", "difference", "goal", "age p50", "light delivered",
        "light p99", "reached",
    ]

    private static func shareRow(_ result: FreshResult) -> [String] {
        let range = result.shareRange
        return Self.place(result) + [
            result.item.scenario == .mixed ? "five later" : "together",
            Figure.decimal(range?.least, 2), Figure.decimal(range?.most, 2), "\(Figure.percent(range?.spread)) %",
            "≤ \(Figure.percent(result.goals.shareSpread)) %", Figure.milliseconds(result.flood.median),
            "\(Figure.percent(result.light.share)) %", Figure.milliseconds(result.light.ages.p99), Self.verdict(result),
        ]
    }

    private static let stallHead = [
        "line", "server", "receiver's kernel KiB", "relay's kernel KiB", "goal: 32 KiB + window",
        "oldest of the rest", "p50 of the rest", "older than 100 / 250 / 500 ms, KiB", "reached",
    ]

    private static func stallRow(_ result: FreshResult) -> [String] {
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

    private var machine: String {
        let limits = Set(self.results.map(\.item.line)).filter { $0.rate != nil }.sorted {
            ($0.rate ?? 0) < ($1.rate ?? 0)
        }
        .map { "\($0.queueLimit) B at \(Figure.short($0.rate ?? 0)) Mbit/s" }
        var seen: [String] = []
        for limit in limits where !seen.contains(limit) { seen.append(limit) }
        let control = Set(self.results.map(\.congestionControl)).filter { !$0.isEmpty }.sorted().joined(separator: ", ")
        let late = self.results.map(\.delay.worstLateness).max() ?? 0
        let busy = self.results.map(\.busyShare).max() ?? 0
        let isPrivileged = self.results.allSatisfy(\.delay.isPrivileged)
        return """
            The line's own queue (tbf) holds at most \(seen.joined(separator: ", ")): the congestion control (\(control)) \
            fills it, whatever the relay does, and the floor contains it. *Stream* is what the receiver's TCP connection \
            carried, with DERP's frames and TLS, and *bulk TCP* what a connection that always has something to send \
            carries over the same line, without TLS. The program that delays packets was late by at most \
            \(Figure.milliseconds(Double(late) / 1e6)) ms\
            \(isPrivileged ? "" : ", and had to wait for other programs"). \
            The machine was busy for up to \(Figure.decimal(busy * 100, 0)) % of its processors' time, whatever with.
            """
    }
}
