import LoadKit

/// The servers in the suite. The first one is judged.
struct Lineup {
    /// The servers with TLS, including limits and proxies.
    var servers: [ServerRecipe]
    var plain: [ServerRecipe]
}

extension SuitePlan {
    /// Returns the trials for these servers, without those that none of them can take part in.
    func trials(_ lineup: Lineup) throws -> [Trial] {
        try self.entries.compactMap { try $0.trial(lineup) }
    }
}

extension SuitePlan.Entry {
    fileprivate func trial(_ lineup: Lineup) throws -> Trial? {
        guard let first = lineup.servers.first else { return nil }
        let scenario = try Preset.scenario(self.text)
        var trial: Trial
        switch self.sides {
        case .all:
            trial = Trial(self.name, scenario, lineup.servers)
        case .allButProxies:
            trial = Trial(self.name, scenario, lineup.servers.filter { $0.kind != .proxy })
        case .plain:
            guard !lineup.plain.isEmpty else { return nil }
            trial = Trial(self.name, scenario, lineup.plain)
            trial.isTLS = false
        case .itself(let name, let other, let otherName):
            let other = try Preset.scenario(other)
            trial = Trial(
                self.name,
                [
                    Contestant(.subject, first, scenario, name: name),
                    Contestant(.baseline, first, other, name: otherName),
                ]
            )
        case .loops(let isShared):
            guard first.takesLoops else { return nil }
            var two = first
            two.loops = 2
            trial = Trial(
                self.name,
                [
                    Contestant(.subject, two, scenario, name: "two loops"),
                    Contestant(.baseline, first, scenario, name: "one loop"),
                ]
            )
            trial.serverProcessors = 2
            trial.isShared = isShared
        }
        trial.rounds = self.rounds
        return trial
    }
}
