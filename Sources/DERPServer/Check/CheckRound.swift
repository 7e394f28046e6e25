import AsyncSockets
import DERPKit

/// One check of everything that a plan names.
struct CheckRound: Sendable {
    let plan: CheckPlan
    let group: IOLoopGroup
    /// What earlier rounds read; `nil` if there are none.
    var memory: CheckMemory?
    let progress: @Sendable (String) -> Void

    /// The result of a round.
    struct Outcome: Sendable {
        var reports: [RegionReport] = []
        /// Remarks about the map, a line each.
        var notes: [String] = []
        /// Whether the map could be read and has what is asked for; `nil` without a map.
        var isMapUsable: Bool?

        func count(of severity: CheckFinding.Severity) -> Int {
            self.reports.reduce(0) { $0 + $1.count(of: severity) }
        }

        func exitStatus(isStrict: Bool) -> Int32 {
            if self.count(of: .error) > 0 { return 1 }
            return isStrict && self.count(of: .warning) > 0 ? 2 : 0
        }
    }

    func perform() async -> Outcome {
        var settings = self.plan.settings
        if let path = self.plan.fetch.caFile {
            do {
                let authorities = try HTTPClient.readAuthorities(at: path)
                settings.authoritiesPEM = authorities
                self.memory?.note(authoritiesPEM: authorities)
            } catch {
                guard let previous = self.memory?.authoritiesPEM else {
                    return Self.failed(.certificate, "--ca-file: \(error)")
                }
                settings.authoritiesPEM = previous
            }
        }
        let checker = RegionChecker(settings: settings, on: self.group, progress: self.progress)
        switch self.plan.subject {
        case .relay(let target):
            return Outcome(reports: [await checker.check(target)])
        case .region(let name, let source):
            return await self.check(source, lacking: "no region \(UsageError.quote(name))", by: checker) { map in
                let region = Int(name).flatMap { map.regions[$0] } ?? map.sortedRegions.first { $0.regionCode == name }
                return region.map { [$0] }
            }
        case .all(let source):
            return await self.check(source, lacking: "no region", by: checker) { map in
                map.regions.isEmpty ? nil : map.sortedRegions
            }
        }
    }

    /// Checks the regions that `choose` picks from the map at `source`. It is an error if there are none.
    private func check(
        _ source: String,
        lacking: String,
        by checker: RegionChecker,
        _ choose: (DERPMap) -> [DERPRegion]?
    ) async -> Outcome {
        self.progress("reading the map")
        let read = await MapSources([source], fetch: self.plan.fetch)
        guard !read.hasErrors else {
            var outcome = Self.failed(.region, "the map can't be used", hint: "Run DERPServer map lint on it.")
            outcome.notes = read.findings
            return await self.withFormerRegions(outcome, by: checker)
        }
        let map = read.merged.map
        guard let regions = choose(map) else {
            let known = map.sortedRegions.prefix(20).map { "\($0.regionID) \($0.regionCode)" }.joined(separator: ", ")
            let outcome = Self.failed(
                .region,
                "\(lacking) in the map",
                hint: map.regions.isEmpty ? "The map is empty." : "It has: \(known)."
            )
            return await self.withFormerRegions(outcome, by: checker)
        }
        self.memory?.note(regions, in: map)
        let reports = await Self.check(regions, in: map, by: checker)
        return Outcome(reports: reports, notes: read.findings, isMapUsable: true)
    }

    /// Checks the regions of the last map. Without a map the relays are unknown, and an alarm that waits for a zero
    /// would stay silent.
    private func withFormerRegions(_ failure: Outcome, by checker: RegionChecker) async -> Outcome {
        var outcome = failure
        outcome.isMapUsable = false
        guard let previous = self.memory?.regions else { return outcome }
        outcome.notes.append("Checking the regions of the previous map.")
        outcome.reports += await Self.check(previous.regions, in: previous.map, by: checker)
        return outcome
    }

    /// How many regions to check at a time: a map may have dozens, and a silent one takes long.
    private static let width = 4

    private static func check(_ regions: [DERPRegion], in map: DERPMap, by checker: RegionChecker) async
        -> [RegionReport]
    {
        await withTaskGroup(of: RegionReport.self) { tasks in
            var rest = regions[...]
            var reports: [RegionReport] = []
            for region in rest.prefix(Self.width) { tasks.addTask { await checker.check(region, in: map) } }
            rest = rest.dropFirst(Self.width)
            while let report = await tasks.next() {
                reports.append(report)
                if let region = rest.popFirst() { tasks.addTask { await checker.check(region, in: map) } }
            }
            return reports.sorted { $0.id < $1.id }
        }
    }

    private static func failed(_ topic: CheckFinding.Topic, _ message: String, hint: String? = nil) -> Outcome {
        let finding = CheckFinding(.error, topic, message, hint: hint)
        return Outcome(reports: [RegionReport(id: 0, code: "", name: "", findings: [finding], nodes: [])])
    }
}
