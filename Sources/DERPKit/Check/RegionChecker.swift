import AsyncSockets
import Glibc

/// Checks relays from outside, as their clients see them.
///
/// ```swift
/// let checker = RegionChecker(on: try IOLoopGroup(count: 1))
/// let report = await checker.check(try CheckTarget(url: url))
/// ```
///
/// The checker logs in with new keys, as a prober, and sends each relay a few hundred kilobytes. It throws no errors,
/// because every problem is a finding. A check ends within a small multiple of ``CheckSettings/timeout``.
public struct RegionChecker: Sendable {
    private let settings: CheckSettings
    private let group: IOLoopGroup
    private let progress: @Sendable (String) -> Void

    /// The number of a region's nodes that are checked at the same time.
    private static let width = 8

    /// Makes a checker, which can be used for any number of checks.
    ///
    /// - Parameters:
    ///   - settings: How to check.
    ///   - group: The event loops that serve the connections. One loop is enough.
    ///   - progress: Called with a short description of each step, for people.
    public init(
        settings: CheckSettings = CheckSettings(),
        on group: IOLoopGroup,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.settings = settings
        self.group = group
        self.progress = progress
    }

    /// Checks all nodes of `region`, which must be a region of `map`.
    public func check(_ region: DERPRegion, in map: DERPMap) async -> RegionReport {
        var findings = RegionJudge.findings(on: region, in: map)
        let looks = await self.look(at: region.nodes.map { CheckTarget($0) })
        findings += await self.relayBetween(looks)
        return RegionReport(
            id: region.regionID,
            code: CheckFinding.printable(region.regionCode),
            name: CheckFinding.printable(region.regionName),
            findings: findings,
            nodes: looks.map(\.report)
        )
    }

    /// Checks one relay that is in no map.
    public func check(_ target: CheckTarget) async -> RegionReport {
        let look = await self.look(at: target)
        return RegionReport(id: 0, code: "", name: "", findings: [], nodes: [look.report])
    }

    /// A node that was checked, and how to log in to it if that works.
    private struct Look: Sendable {
        let report: NodeReport
        let probe: NodeProbe
        let server: DERPClient.Server?
    }

    private func look(at targets: [CheckTarget]) async -> [Look] {
        await withTaskGroup(of: (Int, Look).self) { tasks in
            var rest = targets.enumerated().makeIterator()
            func startNext() {
                guard let (index, target) = rest.next() else { return }
                tasks.addTask { (index, await self.look(at: target)) }
            }
            for _ in 0..<Self.width { startNext() }
            var looks: [(Int, Look)] = []
            while let look = await tasks.next() {
                looks.append(look)
                startNext()
            }
            return looks.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func look(at target: CheckTarget) async -> Look {
        let name = CheckFinding.printable(target.node.name)
        let probe = NodeProbe(target: target, settings: self.settings, group: self.group) { [progress] step in
            progress("\(name): \(CheckFinding.printable(step))")
        }
        let gathered = await Result.awaiting { () throws(DERPError) in try await probe.gather() }
        do throws(DERPError) {
            let evidence = try gathered.get()
            let judge = NodeJudge(target, settings: self.settings, evidence: evidence, now: time(nil))
            return Look(report: judge.report(), probe: probe, server: try probe.workingServer(evidence))
        } catch {
            let report = NodeReport(
                name: name,
                host: CheckFinding.printable(target.authority),
                findings: [CheckFinding(.error, .certificate, error.message)],
                measurements: .init()
            )
            return Look(report: report, probe: probe, server: nil)
        }
    }

    /// Tests whether the nodes of a region forward packets to each other: each node to the next, and the last to the
    /// first.
    private func relayBetween(_ looks: [Look]) async -> [CheckFinding] {
        let working = looks.compactMap { look in look.server.map { (look: look, server: $0) } }
        guard working.count > 1 else { return [] }
        var findings: [CheckFinding] = []
        // Packets go there and back, so two nodes need only one test.
        for index in 0..<(working.count == 2 ? 1 : working.count) {
            let (one, other) = (working[index], working[(index + 1) % working.count])
            let names = (one.look.report.name, other.look.report.name)
            self.progress("relaying between \(names.0) and \(names.1)")
            let outcome = await one.look.probe.relay(from: one.server, to: other.server)
            findings.append(RegionJudge.finding(on: outcome, between: names))
        }
        return findings
    }
}
