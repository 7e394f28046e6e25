import LoadKit

/// All results as Markdown.
public struct SiegeReport: Sendable {
    public let title: String
    public private(set) var results: [SiegeResult] = []
    /// The attacks that could not run, and why.
    public private(set) var failures: [(name: String, reason: String)] = []

    public init(title: String) { self.title = title }

    public mutating func add(_ result: SiegeResult) { self.results.append(result) }
    public mutating func add(failure: String, of attack: Attack) { self.failures.append((attack.name, failure)) }

    /// Whether all goals are reached.
    public var isReached: Bool { self.failures.isEmpty && self.results.allSatisfy { $0.shortcomings.isEmpty } }

    public var markdown: String {
        var parts = ["# \(self.title)", Self.explanation]
        for stage in Attack.Stage.allCases {
            let results = self.results.filter { $0.attack.stage == stage }
            guard !results.isEmpty else { continue }
            parts.append("## \(stage.rawValue)")
            parts.append(MarkdownTable.lines([Self.pingHead] + results.map(Self.pingRow)))
            parts.append(MarkdownTable.lines([Self.useHead] + results.map(Self.useRow)))
            parts.append(results.map { "* `\($0.attack.name)`: \($0.attack.summary)." }.joined(separator: "\n"))
            let notes = results.flatMap { result in Self.notes(of: result).map { "* `\(result.attack.name)`: \($0)." } }
            if !notes.isEmpty { parts.append("Seen:\n\n" + notes.joined(separator: "\n")) }
        }
        if !self.failures.isEmpty {
            parts.append("## Not played")
            parts.append(self.failures.map { "* `\($0.name)`: \($0.reason)" }.joined(separator: "\n"))
        }
        let count = self.results.filter { $0.shortcomings.isEmpty }.count
        parts.append("\(count) of \(self.results.count + self.failures.count) attacks are withstood.")
        return parts.joined(separator: "\n\n") + "\n"
    }

    private static let explanation = """
        Eight bystanders, four pairs of logged-in clients, send each other 100 pings a second through the relay over TLS. Each cell \
        about pings has p50 / p99 / worst in milliseconds: *idle* without an attack, in the same minute; *beside* while a copy \
        of the server is attacked, and theirs is not, which is what the machine's being busy does; *attacked* while theirs is. \
        Server, attacker and bystanders share the processors, and nobody is given priority. A ping that never came back counts \
        with the time that it had. *Others'* processors are those of everybody else on the machine: numbers that were measured while \
        that is much more than 0 say little. *New logins*: how many newcomers, two a second, got in, and how long the slowest of them took. \
        Memory is resident. *After* is as soon as memory and descriptors are back, and 30 s after the attack otherwise. \
        To reach: p99 at most 20 ms above idle, nothing above 250 ms, no ping and no connection of a bystander's lost, every \
        newcomer let in unless the notes say why not, memory within 20 % of before, and no descriptor more than before.
        """

    private static let pingHead = ["attack", "idle", "beside", "attacked", "new logins", "reached"]
    private static let useHead = [
        "attack", "memory before", "peak", "after, MB", "descriptors before", "peak", "after", "settled, s",
        "server's CPUs", "attacker's", "others'", "connections", "sent, MB",
    ]

    private static func pingRow(_ result: SiegeResult) -> [String] {
        let newcomers = result.newcomers
        let slowest = newcomers.worst.map { ", \(Self.milliseconds($0)) ms" } ?? ""
        let shortcomings = result.shortcomings
        return [
            "`\(result.attack.name)`", Self.times(result.idle), result.control.map(Self.times) ?? "–",
            Self.times(result.during), "\(newcomers.times.count) of \(newcomers.tried)\(slowest)",
            shortcomings.isEmpty ? "yes" : "**no**: \(shortcomings.joined(separator: ", "))",
        ]
    }

    private static func useRow(_ result: SiegeResult) -> [String] {
        let (before, peak, after) = (result.before, result.peak, result.after)
        return [
            "`\(result.attack.name)`", Self.megabytes(before.memory), Self.megabytes(peak.memory),
            Self.megabytes(after.memory), "\(before.descriptors)", "\(peak.descriptors)", "\(after.descriptors)",
            Self.decimal(result.settled, 1), Self.decimal(result.serverShare, 2), Self.decimal(result.attackerShare, 2),
            Self.decimal(result.othersShare, 2),
            "\(result.account.connections)", Self.megabytes(result.account.bytes),
        ]
    }

    private static func notes(of result: SiegeResult) -> [String] {
        var notes = result.account.notes
        if let failure = result.newcomers.lastFailure { notes.append("a newcomer was kept out: \(failure)") }
        if result.newcomers.failed > 0, let reason = result.attack.newcomersMayFail {
            notes.append("newcomers may be kept out: \(reason)")
        }
        return notes
    }

    private static func times(_ times: PingTimes) -> String {
        [times.median, times.p99, times.worst].map { $0.map(Self.milliseconds) ?? "–" }.joined(separator: " / ")
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        Self.decimal(Double(nanoseconds) / 1e6, nanoseconds < 10_000_000 ? 1 : 0)
    }

    private static func megabytes(_ bytes: UInt64) -> String { Self.decimal(Double(bytes) / 1e6, 1) }

    private static func decimal(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let rounded = (value * scale).rounded() / scale
        return digits == 0 ? "\(Int(rounded))" : "\(rounded)"
    }
}
