import LoadKit

/// What a soak did and saw, as Markdown.
public struct SoakReport: Sendable {
    var title: String
    var settings: SoakSettings
    var seconds: Double
    var checks: [SoakCheck]
    var deeds: SoakDeeds
    var tally: ClientTally
    var pings: CrowdPings
    var balance: SoakBalance?
    var relays: [RelayProcessRecord]
    var log: ServerLog
    var peerLog: ServerLog
    /// The processor time of everybody on the machine, in processors.
    var busyShare: Double
    /// Why the soak stopped early.
    var failure: String?

    public var holds: Bool { self.failure == nil && self.checks.allSatisfy(\.holds) }

    public var markdown: String {
        var parts = ["# \(self.title)", Self.explanation, self.summary]
        if let failure { parts.append("**It stopped early: \(failure)**") }
        parts.append("## Checks")
        let rows = self.checks.map { [$0.rule, $0.seen, $0.holds ? "yes" : "**no**"] }
        parts.append(MarkdownTable.lines([["what must hold", "seen", "holds"]] + rows))
        if let balance { parts += ["## Packets", MarkdownTable.lines(balance.rows)] }
        parts += ["## Bystanders", self.bystanders]
        parts += ["## The relay's processes", MarkdownTable.lines([Self.processHead] + self.relays.map(Self.row))]
        parts += ["## Log", self.logLines("relay", self.log), self.logLines("mesh peer", self.peerLog)]
        let failed = self.checks.count { !$0.holds }
        let count = self.checks.count
        parts.append(failed == 0 ? "All \(count) checks hold." : "\(failed) of \(count) checks failed.")
        return parts.joined(separator: "\n\n") + "\n"
    }

    private static let explanation = """
        The release server, with TLS, certificates in files, an allow list, a deny list, a rate file, a mesh peer and a takeover socket. \
        All clients use TLS. [The benchmarks' page](../../README.md#soak) says what they do. *Lost* packets are not waved away: what may \
        be lost is counted packet by packet, and only packets that a client sent after the last answered ping of a connection that \
        ended, or that were for a client whose connection ended before a later packet arrived, may be.
        """

    private var summary: String {
        let (deeds, tally) = (self.deeds, self.tally)
        let rows = [
            ["what happened", "how often"],
            ["minutes", "\((self.seconds / 6).rounded() / 10)"],
            ["clients", "\(self.settings.clients)"],
            ["takeovers, one every \(Int(self.settings.takeoverSeconds)) s", "\(deeds.takeovers)"],
            ["new certificates", "\(deeds.certificates)"],
            ["changes of the deny list", "\(deeds.listChanges)"],
            ["changes of rates", "\(deeds.rateChanges)"],
            ["SIGHUPs", "\(deeds.hangups)"],
            ["SIGKILLs of the mesh peer", "\(deeds.peerKills)"],
            ["SIGKILLs of a process with clients", "\(deeds.victimKills)"],
            ["floods of 2 to 4 s by 4 clients", "\(deeds.floods)"],
            ["times when slow clients read nothing for up to 4 s, then little", "\(deeds.slowDowns)"],
            ["logins", "\(tally.logins)"],
            ["clients that left in order", "\(tally.leftInOrder)"],
            ["clients that left by reset", "\(tally.leftByReset)"],
            ["clients sent away by a relay that was taken over", "\(tally.dismissed)"],
            ["clients closed because they read too slowly", "\(tally.closedSlow)"],
            ["logins of clients on the deny list", "\(tally.denied)"],
            ["packets received and checked", "\(tally.packets)"],
            [
                "processors that were busy on the machine, everything together",
                "\((self.busyShare * 100).rounded() / 100)",
            ],
        ]
        return MarkdownTable.lines(rows)
    }

    private var bystanders: String {
        let head = ["round trips, ms", "count", "p50", "p99", "p99.9", "worst"]
        let rows = [
            head,
            ["usually"] + CrowdPings.row(self.pings.usual),
            ["while a relay is taken over"] + CrowdPings.row(self.pings.moving),
        ]
        return MarkdownTable.lines(rows) + "\n\n\(self.pings.lost) of \(self.pings.sent) pings were lost, while their "
            + "senders or receivers changed from one process to the next."
    }

    private static let processHead = [
        "relay", "memory with everybody, MB", "at its last numbers", "descriptors with everybody",
        "at its last numbers",
        "clients then", "ended after, s", "everybody back after, s",
    ]

    private static func row(_ relay: RelayProcessRecord) -> [String] {
        let (loaded, last) = (relay.loaded, relay.last)
        let seconds = [relay.endSeconds, relay.returnSeconds].map { time in
            time.map { "\(($0 * 10).rounded() / 10)" } ?? "–"
        }
        return [
            "\(relay.number)", SoakRun.megabytes(loaded.memory), SoakRun.megabytes(last.memory),
            "\(loaded.descriptors)", "\(last.descriptors)", "\(relay.clients)",
        ] + seconds
    }

    private func logLines(_ name: String, _ log: ServerLog) -> String {
        let lines = log.counts.sorted { $0.key < $1.key }.map { "* \($0.value) × \($0.key)" }
        return "The \(name)'s:\n\n" + lines.joined(separator: "\n")
    }
}
