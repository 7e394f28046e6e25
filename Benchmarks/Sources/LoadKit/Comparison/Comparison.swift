import AsyncSockets

/// Trials of several servers in turns, A B A B, so that other work on the machine affects all of them.
public struct Comparison: Sendable {
    public var trials: [Trial]
    /// The number of event loops that generate the load.
    public var loops = 1
    /// How many processors the server gets if it has its own; 0 to pin nothing.
    public var serverProcessors = 1

    public init(_ trials: [Trial]) {
        self.trials = trials
    }

    /// Runs all trials. Calls `progress` with one line after each measurement.
    public func run(progress: (String) -> Void) async throws -> ComparisonReport {
        let all = Processors.available
        let group = try IOLoopGroup(count: self.loops)
        var report = ComparisonReport()
        for trial in self.trials {
            let wanted = trial.isShared ? [] : [trial.serverProcessors, self.serverProcessors].compactMap(\.self)
            let (own, theirs) = Processors.split(all, forServer: wanted)
            Processors.pinThisProcess(to: own)
            report.begin(trial)
            for round in 1...max(trial.rounds, 1) {
                for (index, contestant) in trial.contestants.enumerated() {
                    let result = try await self.measure(contestant, isTLS: trial.isTLS, group, theirs)
                    report.add(result, column: index)
                    let state = result.isSuccess ? result.headline : "FAILED"
                    progress("\(trial.name), round \(round), \(contestant.name): \(state)")
                }
            }
        }
        Processors.pinThisProcess(to: all)
        return report
    }

    private func measure(
        _ contestant: Contestant,
        isTLS: Bool,
        _ group: IOLoopGroup,
        _ processors: UInt64
    ) async throws -> Report {
        guard contestant.recipe.kind == .proxy else {
            let server = try contestant.recipe.start(on: processors)
            return try await self.measure(contestant, server, isTLS: isTLS, group)
        }
        let sink = try await Sink(isTLS: isTLS, group)
        do {
            let server = try contestant.recipe.start(on: processors, sink: sink)
            let report = try await self.measure(contestant, server, isTLS: isTLS, group)
            await sink.close()
            return report
        } catch {
            await sink.close()
            throw error
        }
    }

    /// Measures one contestant, and stops its server at the end.
    private func measure(
        _ contestant: Contestant,
        _ server: ServerProcess,
        isTLS: Bool,
        _ group: IOLoopGroup
    ) async throws -> Report {
        do {
            let target = try server.target(isTLS: isTLS)
            let start = try await server.waitUntilReady(target, group)
            let meter = try ProcessMeter(pids: server.pids)
            var report = try await contestant.scenario.body(target, server.stunPort, group, meter)
            report.add("start to first relayed packet", Double(start.nanoseconds) / 1e6, "ms", .lower)
            await server.stop()
            return report
        } catch {
            await server.stop()
            throw error
        }
    }
}

extension Report {
    /// The most important figure, in a few words.
    var headline: String {
        let chosen = self.figures.first { $0.name.contains("per server CPU") } ?? self.figures.first
        return chosen.map { "\($0.name) \(Self.format($0.value)) \($0.unit)" } ?? "done"
    }
}
