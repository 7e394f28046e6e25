import LoadKit

/// The results of a run, as Markdown.
public struct FreshReport: Sendable {
    let settings: RunSettings
    var results: [FreshResult] = []
    /// What bulk transfers got, in bytes a second.
    var bulk: [LineSettings: Double] = [:]

    /// How old packets are whose sender waits for the kernel to have sent all others.
    var limits: [(line: LineSettings, ages: Ages)] = []

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
        parts += self.limitSection
        parts += self.section("Ten senders to one receiver", [.shares, .mixed], Self.shareHead, Self.shareRow)
        parts += self.section("A receiver that doesn't read for 500 ms", [.stall], Self.stallHead, Self.stallRow)
        parts.append(self.notes)
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

    private var limitSection: [String] {
        guard !self.limits.isEmpty else { return [] }
        let rows = self.limits.map { line, ages in
            let rate = Double(ages.count * self.settings.size) / self.settings.seconds
            let share = self.bulk[line].map { rate / $0 }
            return [line.name] + [ages.median, ages.p99, ages.most].map(Figure.milliseconds)
                + ["\(Figure.percent(share)) %"]
        }
        return [
            "## Over TCP at all",
            """
            A sender that writes a packet only when the kernel has sent all others. The age is that of the line's own \
            queue, and of waiting for segments that were lost.
            """,
            MarkdownTable.lines([["line", "age p50", "age p99", "max", "of bulk"]] + rows),
        ]
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

    private var notes: String {
        let isPrivileged = self.results.allSatisfy(\.delay.isPrivileged)
        let reason = isPrivileged ? "" : ", because it had to wait for other programs"
        let late = self.results.map(\.delay.worstLateness).max() ?? 0
        let busy = self.results.map(\.busyShare).max() ?? 0
        let machine = "The machine was busy for up to \(Figure.decimal(busy * 100, 0)) % of its processors' time."
        guard !self.queueLimits.isEmpty else { return machine }
        let control = Set(self.results.map(\.congestionControl)).filter { !$0.isEmpty }.sorted().joined(separator: ", ")
        return """
            The line's own queue (tbf) holds at most \(self.queueLimits.joined(separator: ", ")). The congestion control \
            (\(control)) fills it, whatever the relay does, and the floor contains it. *Stream* is what the receiver's \
            TCP connection carried, with DERP's frames and TLS. *Bulk TCP* is what a connection that always has \
            something to send carries over the same line, without TLS. The program that delays packets was late by at \
            most \(Figure.milliseconds(Double(late) / 1e6)) ms\(reason). \(machine)
            """
    }

    /// The limits of the lines' own queues, each once.
    private var queueLimits: [String] {
        let lines = Set(self.results.map(\.item.line)).sorted { ($0.rate ?? 0) < ($1.rate ?? 0) }
        var limits: [String] = []
        for line in lines {
            guard let rate = line.rate else { continue }
            let text = "\(line.queueLimit) B at \(Figure.short(rate)) Mbit/s"
            if !limits.contains(text) { limits.append(text) }
        }
        return limits
    }
}
