import AsyncSockets
import CLoad
import Histogram
import STUNKit

/// The load of the stun mode: binding requests in a closed loop.
public struct STUNLoad: Sendable {
    /// The number of sockets.
    public var sockets = 8
    /// How many requests of a socket are unanswered at any time, 1…64.
    public var window = 16
    public var warmup: Duration = .milliseconds(500)
    public var duration: Duration = .seconds(3)

    public init() {}

    public func run(_ address: IPEndpoint, group: IOLoopGroup, meter: ProcessMeter?) async throws -> Report {
        var report = Report("stun, \(self.sockets) sockets, window \(self.window)")
        let askers = try (0..<self.sockets).map {
            try STUNAsker(server: address, window: self.window, loop: group.loops[$0 % group.loops.count])
        }
        for asker in askers { try await asker.loop.run { Result { try asker.start() } }.get() }
        try await Task.sleep(for: self.warmup)
        let before = await Self.answers(askers)
        let stopwatch = Stopwatch(meter)
        try await Task.sleep(for: self.duration)
        let answers = Double(await Self.answers(askers) - before)
        let lap = stopwatch.stop()
        var latencies = LatencyHistogram.latencies()
        var lost: UInt64 = 0
        for asker in askers {
            let part = await asker.loop.run {
                asker.stop()
                return (asker.latencies, asker.lost, asker.corrupt)
            }
            latencies.add(part.0)
            lost += part.1
            report.faults.corrupt += part.2
        }
        report.add("answers", answers / lap.seconds, "1/s", .higher)
        report.add("answers per server CPU s", lap.serverSeconds.map { answers / $0 }, "", .higher)
        report.add("lost", Double(lost), "", .lower)
        report.add("answer", latencies)
        report.add(lap)
        if answers == 0 { report.failures.append("nothing was answered") }
        return report
    }

    private static func answers(_ askers: [STUNAsker]) async -> UInt64 {
        var sum: UInt64 = 0
        for asker in askers { sum += await asker.loop.run { asker.answers } }
        return sum
    }
}
