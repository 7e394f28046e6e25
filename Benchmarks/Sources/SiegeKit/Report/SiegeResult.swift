/// The result of one attack.
public struct SiegeResult: Sendable {
    public let attack: Attack
    public var goals = SiegeGoals()
    /// The bystanders' pings without an attack.
    public var idle = PingTimes([])
    /// The bystanders' pings during an attack on a copy of the server beside theirs. This shows the effect of a busy
    /// machine.
    public var control: PingTimes?
    /// The bystanders' pings during the attack on their server.
    public var during = PingTimes([])
    var newcomers = Newcomers.Outcome()
    public var before = ServerUse()
    public var peak = ServerUse()
    public var after = ServerUse()
    /// How long after the end of the attack ``after`` was measured, in seconds.
    public var settled = 0.0
    /// How many processors were used during the attack; 1 is a whole one.
    public var serverShare = 0.0
    public var attackerShare = 0.0
    /// The processors used by others than the server, the attacker and the bystanders. On a busy machine, measurements
    /// are unreliable.
    public var othersShare = 0.0
    public var account = Costs.Account()
    public var hasDied = false
    /// How many of the bystanders' connections the server has closed.
    public var endedBystanders = 0

    init(_ attack: Attack) { self.attack = attack }

    /// The goals that were not reached; empty if all were.
    public var shortcomings: [String] {
        var list: [String] = []
        if self.hasDied { list.append("the server died") }
        if self.endedBystanders > 0 { list.append("\(self.endedBystanders) bystanders lost their connection") }
        if self.during.lost > 0 { list.append("\(self.during.lost) pings lost") }
        if let p99 = self.during.p99, p99 > (self.idle.p99 ?? 0) + self.goals.p99Excess { list.append("p99") }
        if let worst = self.during.worst, worst > self.goals.worst { list.append("worst") }
        if self.during.count == 0 { list.append("nothing was measured") }
        if self.newcomers.failed > 0, self.attack.newcomersMayFail == nil {
            list.append("\(self.newcomers.failed) newcomers kept out")
        }
        if !self.hasDied {
            if !self.goals.isMemoryBack(self.after, before: self.before) { list.append("memory") }
            if !self.goals.areDescriptorsBack(self.after, before: self.before) { list.append("descriptors") }
        }
        return list + self.account.failures
    }
}
