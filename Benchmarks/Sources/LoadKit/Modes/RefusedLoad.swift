import AsyncSockets

/// The load of the refused mode. Clients that the server doesn't admit connect again and again, as Tailscale's clients
/// do if they have packets to send. The mode measures what they cost the server.
public struct RefusedLoad: Sendable {
    /// The number of clients.
    public var count = 1000
    /// How long to measure, once each client has tried once.
    public var duration: Duration = .seconds(60)
    /// The time between two packets of a client. A Tailscale client whose peer doesn't answer sends one every 2 or 3
    /// seconds.
    public var packetInterval: Duration = .seconds(1)

    public init() {}

    public func run(_ target: Target, group: IOLoopGroup, meter: ProcessMeter?) async throws -> Report {
        var report = Report("refused x\(self.count)")
        let before = meter?.usage
        let clients = (0..<self.count).map { index in
            RefusedClient(
                target,
                index: index,
                packetInterval: self.packetInterval.nanoseconds,
                on: group.loops[index % group.loops.count]
            )
        }
        let arriving = Stopwatch(meter)
        let tasks = clients.map { client in Task(executorPreference: client.loop) { await client.run() } }
        while await Self.tally(clients).answers < self.count { try await Task.sleep(for: .milliseconds(100)) }
        let arrival = arriving.stop()
        let first = await Self.tally(clients)
        let grown = meter.flatMap { meter in before.map { Double(meter.usage.residentBytes) - Double($0.residentBytes) }
        }
        let staying = Stopwatch(meter)
        try await Task.sleep(for: self.duration)
        let stay = staying.stop()
        let last = await Self.tally(clients)
        for client in clients { await client.loop.run { client.stop() } }
        for task in tasks { await task.value }

        report.add("clients", Double(self.count))
        report.add("arrivals", Double(self.count) / arrival.seconds, "clients/s")
        report.add("told why", Double(first.notices), "clients")
        if let grown { report.add("resident per client", grown / Double(max(self.count, 1)), "B", .lower) }
        let minutes = stay.seconds / 60
        let attempts = Double(last.attempts - first.attempts)
        report.add("tries per client and minute", attempts / Double(max(self.count, 1)) / minutes, "", .lower)
        report.add("packets", Double(last.packets - first.packets) / stay.seconds, "1/s")
        report.add(stay)
        if last.admitted > 0 { report.failures.append("\(last.admitted) clients were admitted") }
        return report
    }

    private static func tally(_ clients: [RefusedClient]) async -> RefusedClient.Tally {
        var sum = RefusedClient.Tally()
        for client in clients { sum += await client.loop.run { client.tally } }
        return sum
    }
}
