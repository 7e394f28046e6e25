/// What one attack did.
public struct SiegeResult: Sendable {
    public let attack: Attack
    public var goals = SiegeGoals()
    /// Bystanders' pings without an attack.
    public var idle = PingTimes([])
    /// The same while a copy of the server beside is attacked: what the machine's being busy does.
    public var control: PingTimes?
    /// While theirs is attacked.
    public var during = PingTimes([])
    var newcomers = Newcomers.Outcome()
    public var before = ServerUse()
    public var peak = ServerUse()
    public var after = ServerUse()
    /// How long after the end of the attack ``after`` was, in seconds.
    public var settled = 0.0
    /// Processors that were used meanwhile, 1 for a whole one.
    public var serverShare = 0.0
    public var attackerShare = 0.0
    /// Those of everybody but server, attacker and bystanders: a busy machine makes poor measurements.
    public var othersShare = 0.0
    public var account = Costs.Account()
    public var hasDied = false
    /// Bystanders' connections that the server has ended.
    public var endedBystanders = 0

    init(_ attack: Attack) { self.attack = attack }

    /// What was not reached; empty: all was.
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
