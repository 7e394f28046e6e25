import AsyncSockets

/// The load of the idle mode: many clients log in and stay.
public struct IdleLoad: Sendable {
    /// The number of clients.
    public var count = 1000
    /// How long they stay before the server's memory is measured.
    public var hold: Duration = .seconds(3)

    public init() {}

    public func run(_ target: Target, group: IOLoopGroup, meter: ProcessMeter?) async throws -> Report {
        var report = Report("idle x\(self.count)")
        let before = meter?.usage
        let arriving = Stopwatch(meter)
        let clients = try await IdleClients.connect(self.count, to: target, group: group)
        let arrival = arriving.stop()
        let staying = Stopwatch(meter)
        try await Task.sleep(for: self.hold)
        let stay = staying.stop()
        if let before, let after = meter?.usage {
            let grown = Double(after.residentBytes) - Double(before.residentBytes)
            report.add("resident per client", grown / Double(max(self.count, 1)) / 1024, "KiB", .lower)
        }
        report.add("clients", Double(self.count))
        report.add("arrivals", Double(self.count) / arrival.seconds, "clients/s", .higher)
        report.add(stay)
        let alive = await clients.countAlive()
        report.faults.disconnected += UInt64(self.count - alive)
        await clients.close()
        return report
    }
}
