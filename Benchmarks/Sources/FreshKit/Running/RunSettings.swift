/// How measurements are done.
public struct RunSettings: Hashable, Sendable {
    /// How long a measurement lasts, in seconds.
    public var seconds = 5.0
    /// How long the load lasts before that, in seconds.
    public var warmUp = 2.0
    /// What all flooding senders together send, as a multiple of the line's rate; 0 to send as fast as TCP takes it.
    public var demand = 3.0
    /// The number of flooding senders, unless the scenario says otherwise.
    public var senders = 1
    /// The size of the flooding senders' packets, in bytes.
    public var size = 1200

    public init() {}

    /// Returns the flows of a scenario: the flooding ones, then a light one and one of path discovery.
    func flows(_ scenario: FreshScenario, on line: LineSettings) -> [FlowPlan] {
        let count = scenario.isAboutShares ? 10 : self.senders
        let rate = self.demand * (line.rate ?? 10) / Double(count)
        var floods = [FlowPlan](repeating: .flood(size: self.size, rate: rate), count: count)
        if scenario == .mixed {
            for index in count / 2..<count { floods[index].start = FreshScenario.lateStart }
        }
        return floods + [.light, .disco]
    }
}
