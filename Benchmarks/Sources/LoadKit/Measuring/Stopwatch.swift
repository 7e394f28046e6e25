import CLoad

/// Reads clocks and meters at the beginning and at the end of a measurement.
struct Stopwatch {
    private let meter: ProcessMeter?
    private let begin: UInt64
    private let own: UInt64
    private let server: ProcessUsage?
    private let machine: UInt64

    init(_ meter: ProcessMeter?) {
        self.meter = meter
        self.machine = MachineUsage.ticks.busy
        self.server = meter?.usage
        self.own = cload_processor_time(0)
        self.begin = cload_now()
    }

    /// Returns the time and the resources since the beginning.
    func stop() -> Lap {
        let seconds = Double(cload_now() - self.begin) / 1e9
        let own = Double(cload_processor_time(0) - self.own) / 1e9
        let usage = self.meter?.usage
        var server: Double?
        if let usage, let before = self.server {
            server = Double(usage.processorTime &- before.processorTime) / 1e9
        }
        let machine = Double((MachineUsage.ticks.busy &- self.machine) * MachineUsage.nanosecondsPerTick) / 1e9
        return Lap(
            seconds: seconds,
            ownSeconds: own,
            serverSeconds: server,
            othersSeconds: server.map { max(machine - own - $0, 0) },
            residentBytes: usage?.residentBytes,
            socketBytes: MachineUsage.socketBytes
        )
    }
}

/// The length of a measurement and the resources that it used.
struct Lap: Sendable {
    var seconds: Double
    /// The processor time of this process.
    var ownSeconds: Double
    /// The processor time of the server, if its pid is known.
    var serverSeconds: Double?
    /// The processor time of all other processes. On a busy machine, measurements are unreliable.
    var othersSeconds: Double?
    var residentBytes: UInt64?
    var socketBytes: UInt64
}
