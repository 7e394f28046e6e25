import AsyncSockets
import DERPKit
import Glibc
import UnixSignals

extension CheckPlan {
    /// Checks once, or with a watch until SIGTERM or SIGINT. A watch prints each round itself.
    func perform() async -> CommandOutcome {
        do {
            let group = try IOLoopGroup(count: 1)
            if let watch { return try await self.watch(watch, on: group) }
            let progress = ProgressLine()
            let outcome = await CheckRound(plan: self, group: group, progress: { progress.show($0) }).perform()
            progress.clear()
            return CommandOutcome(
                output: self.text(of: outcome),
                errors: outcome.notes.map { $0 + "\n" }.joined(),
                status: outcome.exitStatus(isStrict: self.isStrict)
            )
        } catch {
            return CommandOutcome(errors: "DERPServer: check: \(error)\n", status: 1)
        }
    }

    private func text(of outcome: CheckRound.Outcome) -> String {
        self.isJSON ? CheckJSON(outcome).text : CheckText(outcome).text
    }

    private func watch(_ watch: Watch, on group: IOLoopGroup) async throws -> CommandOutcome {
        let server = try await self.serveMetrics(watch, on: group)
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        // Not waited for: a round may take long to notice its cancellation.
        let rounds = Task {
            let memory = CheckMemory()
            while !Task.isCancelled {
                await self.goRound(on: group, memory, server)
                try? await Task.sleep(for: watch.interval)
            }
        }
        for await _ in signals { break }
        rounds.cancel()
        await server?.close()
        return CommandOutcome()
    }

    private func goRound(on group: IOLoopGroup, _ memory: CheckMemory, _ server: CheckMetricsServer?) async {
        let progress = ProgressLine()
        let start = ContinuousClock.now
        let round = CheckRound(plan: self, group: group, memory: memory, progress: { progress.show($0) })
        let outcome = await round.perform()
        progress.clear()
        guard !Task.isCancelled else { return }
        server?.note(outcome.reports, isMapUsable: outcome.isMapUsable, took: .now - start, end: time(nil))
        // Rounds go on even if nobody reads the output, because somebody may read the metrics.
        OutputQueue.standardError.write(outcome.notes.map { $0 + "\n" }.joined())
        OutputQueue.standardOutput.write(self.text(of: outcome))
    }

    private func serveMetrics(_ watch: Watch, on group: IOLoopGroup) async throws -> CheckMetricsServer? {
        guard let address = watch.metrics else { return nil }
        let server = try await CheckMetricsServer(address: await address.resolve(), group: group)
        OutputQueue.standardError.write("Metrics: http://\(server.address)/metrics\n")
        return server
    }
}
