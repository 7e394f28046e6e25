/// What came of a story.
public struct SimulationOutcome: Sendable, CustomStringConvertible {
    /// The rules that were broken: at most 20.
    public let violations: [String]
    /// A hash of everything that happened.
    public let trace: UInt64
    public let sent: Int
    public let delivered: Int
    /// How often a thread or a job ran.
    public let turns: UInt64
    /// The simulated time, in nanoseconds.
    public let time: UInt64
    /// How often each of the system's faults happened.
    public let faults: [UInt64]
    public let logins: Int

    public var description: String {
        "\(self.time / 1_000_000_000) s, \(self.turns) turns, \(self.logins) logins, \(self.delivered) of \(self.sent) "
            + "packets delivered, \(self.faults.reduce(0, +)) faults of the system, trace \(self.trace)"
    }
}
