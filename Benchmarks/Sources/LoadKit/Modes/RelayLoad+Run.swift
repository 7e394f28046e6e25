import AsyncSockets
import DERPKit
import Histogram

extension RelayLoad {
    /// Connects, generates load, measures, drains and checks.
    public func run(_ target: Target, group: IOLoopGroup, meter: ProcessMeter?) async throws -> Report {
        let idle = try await IdleClients.connect(self.idle, to: target, group: group)
        let traffic = try await self.prepare(target, group: group)
        for part in traffic { await part.loop.run { part.allow(.max) } }
        try await Task.sleep(for: self.warmup)

        for part in traffic { await part.loop.run { part.isMeasuring = true } }
        let before = await Self.tallies(traffic)
        let stopwatch = Stopwatch(meter)
        try await Task.sleep(for: self.duration)
        let after = await Self.tallies(traffic)
        let lap = stopwatch.stop()
        for part in traffic { await part.loop.run { part.isMeasuring = false } }

        let total = try await self.drain(traffic)
        let report = await self.report(lap, zip(after, before).map { $0 - $1 }, total, traffic)
        for part in traffic { await part.loop.run { part.close() } }
        await idle.close()
        return report
    }

    /// Connects all clients. No flow may send yet.
    func prepare(_ target: Target, group: IOLoopGroup) async throws -> [Traffic] {
        let traffic = group.loops.map { Traffic(loop: $0, isAddressed: target.login.isAddressed, style: self.clients) }
        for pair in 0..<(self.shape == .pairs ? self.count : 1) {
            try await self.addFlows(to: traffic[pair % traffic.count], target)
        }
        for probe in 0..<self.probes {
            try await self.addProbe(to: traffic[probe % traffic.count], target)
        }
        for part in traffic { try await part.loop.run { Result { try part.start() } }.get() }
        return traffic
    }

    private func addFlows(to traffic: Traffic, _ target: Target) async throws {
        switch self.shape {
        case .pairs:
            try await Self.addPair(.load, self.pace, self.sizes, disco: self.disco, to: traffic, target)
        case .pingPong:
            let (left, right) = try await Self.addPair(.load, .window(1), self.sizes, to: traffic, target)
            await traffic.loop.run {
                traffic.addFlow(.load, from: right, to: left, pace: .echo(of: 0), sizes: self.sizes)
            }
        case .oneToMany, .manyToOne:
            let center = try await Self.addClient(to: traffic, target)
            for _ in 0..<self.count {
                let other = try await Self.addClient(to: traffic, target)
                let (source, destination) = self.shape == .oneToMany ? (center, other) : (other, center)
                await traffic.loop.run {
                    traffic.addFlow(
                        .load,
                        from: source,
                        to: destination,
                        pace: self.pace,
                        sizes: self.sizes,
                        disco: self.disco
                    )
                }
            }
        }
    }

    private func addProbe(to traffic: Traffic, _ target: Target) async throws {
        let interval = UInt64(1e9 / max(self.probeRate, 0.01))
        try await Self.addPair(.probe, .every(interval), [self.probeSize], to: traffic, target)
    }

    @discardableResult
    private static func addPair(
        _ role: Flow.Role,
        _ pace: Pace,
        _ sizes: [Int],
        disco: Double = 0,
        to traffic: Traffic,
        _ target: Target
    ) async throws -> (Int, Int) {
        let number = UInt64.random(in: 1...UInt64.max)
        let source = try await self.addClient(number, to: traffic, target)
        let destination =
            if case .through(let sink) = target.login {
                try await self.addFarEnd(of: number, sink, to: traffic)
            } else {
                try await self.addClient(number, to: traffic, target)
            }
        await traffic.loop.run {
            traffic.addFlow(role, from: source, to: destination, pace: pace, sizes: sizes, disco: disco)
        }
        return (source, destination)
    }

    private static func addClient(_ pair: UInt64 = 0, to traffic: Traffic, _ target: Target) async throws -> Int {
        try await traffic.loop.run { () async -> Result<Int, any Error> in
            do {
                let key = NodePrivateKey()
                let (stream, early) = try await target.logIn(as: key, pair: pair, on: traffic.loop)
                return .success(traffic.add(stream, key: key.publicKey, early: early))
            } catch {
                return .failure(error)
            }
        }.get()
    }

    /// Adds the far end of a connection through the proxy, and returns its index.
    private static func addFarEnd(of number: UInt64, _ sink: Sink, to traffic: Traffic) async throws -> Int {
        let stream = try await sink.take(number)
        return await traffic.loop.run { traffic.add(stream, key: NodePrivateKey().publicKey, early: []) }
    }
}

// MARK: Counting

extension RelayLoad {
    /// Returns the tallies of the load and of the probes.
    private static func tallies(_ traffic: [Traffic]) async -> [Tally] {
        var sums = [Tally(), Tally()]
        for part in traffic {
            let tallies = await part.loop.run { [part.tally(of: .load), part.tally(of: .probe)] }
            sums = zip(sums, tallies).map { $0 + $1 }
        }
        return sums
    }

    /// Stops sending, and waits until all sent packets have arrived, or nothing has arrived for a while. That is one
    /// second if loss is expected, and otherwise five, so that a busy machine isn't mistaken for loss.
    private func drain(_ traffic: [Traffic]) async throws -> [Tally] {
        for part in traffic { await part.loop.run { part.stopSending() } }
        var tallies = await Self.tallies(traffic)
        var silence = 0
        while tallies.contains(where: { $0.received < $0.sent }), silence < (self.allowsLoss ? 20 : 100) {
            try await Task.sleep(for: .milliseconds(50))
            let now = await Self.tallies(traffic)
            silence = zip(now, tallies).allSatisfy({ $0.received == $1.received }) ? silence + 1 : 0
            tallies = now
        }
        return tallies
    }

    private func report(_ lap: Lap, _ measured: [Tally], _ total: [Tally], _ traffic: [Traffic]) async -> Report {
        var report = Report(self.title)
        let load = measured[Flow.Role.load.rawValue]
        let received = Double(load.received)
        report.add("delivered", received / lap.seconds, "packets/s", .higher)
        report.add("goodput", Double(load.receivedBytes) * 8 / lap.seconds / 1e6, "Mbit/s", .higher)
        report.add("delivered per server CPU s", lap.serverSeconds.map { received / $0 }, "packets", .higher)
        report.add("server CPU per packet", lap.serverSeconds.map { $0 / received * 1e6 }, "µs", .lower)
        report.add("offered", Double(load.sent) / lap.seconds, "packets/s")
        if case .every(let interval) = self.pace {
            report.add("wanted", Double(self.count) * 1e9 / Double(max(interval, 1)), "packets/s")
        }
        if self.disco > 0 {
            var disco: UInt64 = 0
            for part in traffic { disco += await part.loop.run { part.receivedDisco } }
            let all = total[Flow.Role.load.rawValue].received
            report.add("disco of all that came", Double(disco) / Double(max(all, 1)) * 100, "%")
        }
        report.add("loss", Self.loss(total[Flow.Role.load.rawValue]), "%", .lower)
        var latencies = [LatencyHistogram.latencies(), LatencyHistogram.latencies()]
        for part in traffic {
            let (faults, parts) = await part.loop.run { (part.faults, part.latencies) }
            report.faults = report.faults + faults
            for role in latencies.indices { latencies[role].add(parts[role]) }
        }
        report.add(self.shape == .pingPong ? "round trip" : "latency", latencies[Flow.Role.load.rawValue])
        report.percentiles = Self.percentiles(latencies[Flow.Role.load.rawValue])
        if self.probes > 0 {
            report.add("probe latency", latencies[Flow.Role.probe.rawValue])
            report.add("probe loss", Self.loss(total[Flow.Role.probe.rawValue]), "%", .lower)
        }
        report.add(lap)
        let lost = total.reduce(0) { $0 + $1.sent - $1.received }
        if lost > 0, !self.allowsLoss { report.failures.append("\(lost) packets were lost") }
        if load.received == 0 { report.failures.append("nothing was delivered") }
        return report
    }

    private static func loss(_ tally: Tally) -> Double {
        tally.sent == 0 ? 0 : Double(tally.sent - tally.received) / Double(tally.sent) * 100
    }

    private static func percentiles(_ latencies: LatencyHistogram) -> [Report.Percentile] {
        guard latencies.totalCount > 0 else { return [] }
        return [0, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100].map {
            Report.Percentile(percentile: $0, microseconds: Double(latencies.valueAtPercentile($0)) / 1000)
        }
    }
}
