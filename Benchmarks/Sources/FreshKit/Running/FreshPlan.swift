import LoadKit

/// What to measure.
public struct FreshPlan: Sendable {
    /// A line and what happens on it.
    public struct Case: Hashable, Sendable {
        public var scenario: FreshScenario
        public var line: LineSettings
        public var isTLS: Bool

        public init(_ scenario: FreshScenario, _ line: LineSettings, isTLS: Bool) {
            self.scenario = scenario
            self.line = line
            self.isTLS = isTLS
        }
    }

    public var cases: [Case]
    public var settings = RunSettings()
    /// Whether to measure how fresh packets can be over each line at all.
    public var measuresLimit = false
    /// The servers for cases with TLS and for cases without it.
    public var servers: [ServerRecipe] = []
    public var plainServers: [ServerRecipe] = []

    public init(_ cases: [Case]) { self.cases = cases }

    /// Measures everything, each case with all servers in turn.
    ///
    /// - Parameter tell: Called with lines that say what happens.
    public func run(_ tell: (String) -> Void) throws -> FreshReport {
        var report = FreshReport(settings: self.settings)
        for item in self.cases {
            let servers = item.isTLS ? self.servers : self.plainServers
            guard !servers.isEmpty else { continue }
            if item.scenario == .flood, item.line.rate != nil, report.bulk[item.line] == nil {
                tell("bulk transfer, \(item.line.name)")
                report.bulk[item.line] = try BulkTransfer.measure(item.line, self.settings)
                if self.measuresLimit {
                    tell("prompt transfer, \(item.line.name)")
                    report.limits.append((item.line, try PromptTransfer.measure(item.line, self.settings)))
                }
            }
            for recipe in servers {
                tell("\(item.scenario.rawValue), \(item.line.name), \(item.isTLS ? "TLS" : "plain"), \(recipe.name)")
                let run = FreshRun(
                    recipe: recipe,
                    isTLS: item.isTLS,
                    scenario: item.scenario,
                    line: item.line,
                    settings: self.settings
                )
                let result = FreshResult(recipe.name, item, try run.measure(), self.settings, report.bulk[item.line])
                report.results.append(result)
                tell("  " + result.summary)
            }
        }
        return report
    }
}
