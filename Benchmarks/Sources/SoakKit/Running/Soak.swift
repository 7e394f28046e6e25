import AsyncSockets
import CLoad
import FoundationEssentials
import Glibc
import LoadKit
import SiegeKit

/// Runs a relay for a long time with everything that happens to relays, and checks that nothing is left of it.
public struct Soak: Sendable {
    private let settings: SoakSettings

    public init(_ settings: SoakSettings) { self.settings = settings }

    /// Runs, and returns the report. It ends in any case, a few minutes after the given time.
    public func run() async throws -> SoakReport {
        let limit = self.settings.seconds + Double(self.settings.clients) / 250 + 600
        let guardian = Task.detached {
            try await Task.sleep(for: .seconds(limit))
            Terminal.tell("the soak takes too long, and is ended")
            // The handler of the signal ends all processes.
            kill(getpid(), SIGTERM)
        }
        defer { guardian.cancel() }
        let begin = cload_now()
        let busy = MachineUsage.ticks.busy
        let run = try await SoakRun(self.settings)
        var failure: String?
        do {
            try await run.begin()
            try await self.play(run)
            try await run.finish()
        } catch {
            failure = "\(error)"
            Terminal.tell("FAILED: \(error)")
        }
        await run.conclude()
        let seconds = Double(cload_now() - begin) / 1e9
        let busySeconds = Double((MachineUsage.ticks.busy - busy) * MachineUsage.nanosecondsPerTick) / 1e9
        let report = await run.report(seconds: seconds, busyShare: busySeconds / seconds, failure: failure)
        await run.cleanUp()
        return report
    }

    /// Something that is done again and again.
    private struct Chore {
        let interval: Double
        var due: Double
        let action: (SoakRun) async throws -> Void

        func delay(_ now: Double) -> Double { (now - self.due) / self.interval }

        init(every interval: Double, _ action: @escaping (SoakRun) async throws -> Void) {
            self.interval = interval
            self.due = interval
            self.action = action
        }
    }

    private func play(_ run: SoakRun) async throws {
        let pace = self.settings.pace
        var chores = [
            Chore(every: self.settings.takeoverSeconds) { try await $0.takeOver() },
            Chore(every: 110 / pace) { try await $0.killPeer() },
            Chore(every: 70 / pace) { try await $0.killVictims() },
            Chore(every: 60 / pace) { try await $0.replaceCertificate() },
            Chore(every: 55 / pace) { try await $0.changeLists() },
            Chore(every: 50 / pace) { try await $0.changeRates() },
            Chore(every: 45 / pace) { $0.hangUp() },
            Chore(every: 20 / pace) { await $0.flood() },
            Chore(every: 15 / pace) { await $0.slowDown() },
        ]
        let begin = cload_now()
        var told = 0
        while true {
            let now = Double(cload_now() - begin) / 1e9
            guard now < self.settings.seconds else { return }
            // Those that are due are done one after the other, first the one that is latest, compared with how often it
            // should be done.
            let due = chores.indices.filter { chores[$0].due <= now }
            if let index = due.max(by: { chores[$0].delay(now) < chores[$1].delay(now) }) {
                try await chores[index].action(run)
                chores[index].due = max(chores[index].due, now - chores[index].interval) + chores[index].interval
            } else {
                try await run.readMetrics()
                try await Task.sleep(for: .milliseconds(500))
            }
            if Int(now / 60) > told {
                told = Int(now / 60)
                let packets = await run.crowd.tally.packets
                Terminal.tell("minute \(told): \(run.deeds.takeovers) takeovers, \(packets) packets")
            }
        }
    }
}

extension SoakRun {
    /// Checks what only the end shows.
    func conclude() async {
        let tally = await self.crowd.tally
        self.add(
            SoakCheck(
                "no connection is refused, or reset before the login is complete",
                tally.refused == 0 ? "none" : "\(tally.refused); \(tally.lastFailure)",
                tally.refused == 0
            )
        )
        self.add(
            SoakCheck(
                "every login takes less than 10 s",
                tally.late == 0 ? "all" : "\(tally.late) don't; \(tally.lastFailure)",
                tally.late == 0
            )
        )
        self.add(
            SoakCheck(
                "packets arrive unchanged, at the client that they are for",
                "\(tally.corrupt + self.counters[.corrupt]) don't",
                tally.corrupt + self.counters[.corrupt] == 0
            )
        )
        let disordered = tally.disordered + self.counters[.disordered]
        self.add(
            SoakCheck(
                "packets arrive in order, and none twice",
                "\(disordered) don't \(tally.lastDisorder)",
                disordered == 0
            )
        )
        self.add(
            SoakCheck(
                "no connection ends unless its client leaves, reads too slowly, or is sent away by a relay that is "
                    + "taken over",
                "\(tally.lost) do",
                tally.lost == 0
            )
        )
        self.add(SoakCheck("nobody else is refused", "\(tally.health) Health frames", tally.health == 0))
        for (name, log) in [("relay", self.log), ("mesh peer", self.peerLog)] {
            let lines = log.unexpected
            self.add(
                SoakCheck(
                    "the \(name)'s log has nothing but info, notice and expected warnings",
                    lines.isEmpty ? "nothing else" : lines.prefix(3).joined(separator: "; "),
                    lines.isEmpty
                )
            )
        }
    }

    /// Compares what clients know with what the relays counted.
    func balance(_ account: CrowdAccount) {
        let balance = SoakBalance(
            crowd: account,
            receivedByVictims: self.counters[.packets],
            relays: self.ended + [self.current]
        )
        self.balance = balance
        for check in balance.checks { self.add(check) }
        self.add(
            SoakCheck("no packet arrives that was never sent", "\(account.all.invented) do", account.all.invented == 0)
        )
    }

    func report(seconds: Double, busyShare: Double, failure: String?) async -> SoakReport {
        SoakReport(
            title: self.settings.title,
            settings: self.settings,
            seconds: seconds,
            checks: self.checks + self.repeatedChecks,
            deeds: self.deeds,
            tally: await self.crowd.tally,
            pings: await self.crowd.pings(),
            balance: self.balance,
            relays: self.ended,
            log: self.log,
            peerLog: self.peerLog,
            busyShare: busyShare,
            failure: failure
        )
    }
}
