import AsyncSockets
import CLoad
import DERPKit
import Histogram

/// The load of the connect mode: clients connect, log in and leave, over and over.
public struct ConnectLoad: Sendable {
    /// How many clients do so at the same time.
    public var concurrency = 16
    public var duration: Duration = .seconds(5)

    public init() {}

    public func run(_ target: Target, group: IOLoopGroup, meter: ProcessMeter?) async throws -> Report {
        var report = Report("connect, \(self.concurrency) at a time")
        // One login isn't counted: it shows errors as they are, and makes the server do its first-time work.
        let loop = group.loops[0]
        try await withTaskExecutorPreference(loop) { try await Self.logIn(to: target, from: nil, on: loop) }
        let stopwatch = Stopwatch(meter)
        let end = cload_now() + self.duration.nanoseconds
        let latencies = await withTaskGroup(of: Outcome.self) { tasks in
            for worker in 0..<self.concurrency {
                let loop = group.loops[worker % group.loops.count]
                tasks.addTask(executorPreference: loop) {
                    await Self.work(until: end, to: target, on: loop, worker: worker)
                }
            }
            return await tasks.reduce(into: Outcome()) { $0.add($1) }
        }
        let lap = stopwatch.stop()
        let count = Double(latencies.logins.totalCount)
        report.add("logins", count / lap.seconds, "1/s", .higher)
        report.add("logins per server CPU s", lap.serverSeconds.map { count / $0 }, "", .higher)
        report.add("login", latencies.logins)
        report.add(lap)
        if latencies.failureCount > 0 {
            let first = latencies.firstFailure ?? ""
            report.failures.append("\(latencies.failureCount) logins failed, the first one: \(first)")
        }
        return report
    }

    private struct Outcome: Sendable {
        var logins = LatencyHistogram.latencies()
        var failureCount = 0
        var firstFailure: String?

        mutating func add(_ other: Self) {
            self.logins.add(other.logins)
            self.failureCount += other.failureCount
            self.firstFailure = self.firstFailure ?? other.firstFailure
        }
    }

    private static func work(until end: UInt64, to target: Target, on loop: IOLoop, worker: Int) async -> Outcome {
        var outcome = Outcome()
        var sources = SourceAddresses(for: target, from: worker)
        while cload_now() < end {
            let begin = cload_now()
            do {
                try await self.logIn(to: target, from: sources.take(), on: loop)
                _ = outcome.logins.record(min(cload_now() - begin, LatencyHistogram.longest))
            } catch {
                outcome.failureCount += 1
                outcome.firstFailure = outcome.firstFailure ?? "\(error)"
                await loop.nextTick()
            }
        }
        return outcome
    }

    private static func logIn(to target: Target, from source: IPAddress?, on loop: IOLoop) async throws {
        try await target.logIn(as: NodePrivateKey(), from: source, on: loop).0.close()
    }
}
