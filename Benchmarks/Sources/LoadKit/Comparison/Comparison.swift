import AsyncSockets

/// The same work against several servers in turn: A B A B, so that what else the machine does hits all of them.
public struct Comparison: Sendable {
    public var servers: [ServerRecipe]
    public var scenarios: [Scenario]
    public var rounds = 3
    public var isTLS = true
    /// Event loops that generate the load.
    public var loops = 1
    /// How many processors the server gets, when it gets its own; 0 pins nobody.
    public var serverProcessors = 1

    public init(servers: [ServerRecipe], scenarios: [Scenario]) {
        self.servers = servers
        self.scenarios = scenarios
    }

    /// Runs all of it. `progress` is told in a line what has just been done.
    public func run(progress: (String) -> Void) async throws -> ComparisonReport {
        let (own, theirs) = self.split(Processors.available)
        if own != 0 { Processors.pinThisProcess(to: own) }
        let group = try EventLoopGroup(count: self.loops)
        var report = ComparisonReport(servers: self.servers.map(\.name))
        for scenario in self.scenarios {
            report.begin(scenario.name)
            for round in 1...max(self.rounds, 1) {
                for (index, server) in self.servers.enumerated()
                where scenario.isForPairs || server.login != .pair {
                    let result = try await self.measure(scenario, server, group, theirs)
                    report.add(result, server: index)
                    let state = result.isSuccess ? result.headline : "FAILED"
                    progress("\(scenario.name), round \(round), \(server.name): \(state)")
                }
            }
        }
        return report
    }

    private func measure(
        _ scenario: Scenario,
        _ recipe: ServerRecipe,
        _ group: EventLoopGroup,
        _ processors: UInt64
    ) async throws -> Report {
        let server = try recipe.start(on: processors)
        do {
            let scheme = self.isTLS ? "https" : "http"
            let target = try Target(url: "\(scheme)://127.0.0.1:\(server.port)", login: server.login)
            let start = try await server.waitUntilReady(target, on: group.loops[0])
            let meter = try ProcessMeter(pids: server.pids)
            var report = try await scenario.body(target, server.stunPort, group, meter)
            report.add("start to first login", Double(start.nanoseconds) / 1e6, "ms", .lower)
            await server.stop()
            return report
        } catch {
            await server.stop()
            throw error
        }
    }

    /// This process's processors and the server's; both 0 when nobody is pinned.
    private func split(_ available: UInt64) -> (own: UInt64, theirs: UInt64) {
        guard self.serverProcessors > 0, available.nonzeroBitCount > self.serverProcessors else { return (0, 0) }
        var own = available
        var theirs: UInt64 = 0
        for _ in 0..<self.serverProcessors {
            let lowest = own & (~own &+ 1)
            theirs |= lowest
            own &= ~lowest
        }
        return (own, theirs)
    }
}

extension Report {
    /// The figure that matters most, in a few words.
    var headline: String {
        let chosen = self.figures.first { $0.name.contains("per server CPU") } ?? self.figures.first
        return chosen.map { "\($0.name) \(Self.format($0.value)) \($0.unit)" } ?? "done"
    }
}
