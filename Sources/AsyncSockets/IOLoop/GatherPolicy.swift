/// Decides how long a busy loop lets messages gather before it reads again, as network cards do before they interrupt.
///
/// A peer that writes one message at a time costs a wake-up, a read and a write for each of them. If the loop pauses until
/// a few have come, they share that. A loop whose traffic is sparse doesn't pause. Nor does one to which pauses bring
/// nothing, because its peers wait for what it does: it tries, and compares what a message costs.
///
/// Times are in nanoseconds.
struct GatherPolicy: Sendable {
    /// The time between two decisions.
    static let window: UInt64 = 4_000_000
    /// The windows whose cost is looked at before pauses begin. A burst in one of them says little.
    static let windowsBefore = 2
    /// The windows after which pauses must have paid.
    static let windowsToPay = 5
    /// The windows after which what a message costs without pauses is looked at again.
    static let windowsToLast = 1000
    /// Pauses pay if a message costs less than this part of what it costs without them.
    static let worthwhile = 0.9
    /// Pauses are in vain if the rate of messages falls below this part of what it was.
    private static let leastRate = 0.7
    /// The time until pauses are tried again that didn't pay: at first, and at most.
    static let rest: ClosedRange<UInt64> = 50_000_000...2_000_000_000
    /// The shortest pause. A shorter one costs more than it can bring.
    static let shortest = 20_000.0
    /// The messages that a pause should bring, from each peer and in all.
    static let enough = (perPeer: 8.0, inAll: 32.0)
    /// The time that it takes to fall asleep and to wake up, without the work for which the loop wakes up.
    private static let wakeUp = 15_000.0
    /// The weight of a window in an average.
    private static let weight = 0.3

    /// The maximum pause. Zero: none.
    private let longest: Double
    /// The length of the next pause. Zero: none.
    private(set) var pause: UInt64 = 0
    /// Changes with each window, so that the loop knows which peers it has counted.
    private(set) var windowNumber: UInt32 = 0

    /// The average number of messages in a nanosecond: now, and before the pauses began.
    private var rate = 0.0
    private var rateBefore = 0.0
    /// What a message costs: now, and before the pauses began.
    private var cost = 0.0
    private var costBefore = 0.0
    /// The number of windows since pauses began or ended.
    private var age = 0
    private var nextRest = rest.lowerBound
    private var restEnd: UInt64 = 0
    private var counts = Counts()

    /// What is counted in a window.
    private struct Counts {
        var start: UInt64 = 0
        var busy: UInt64 = 0
        var waits = 0
        var sleeps = 0
        var reads = 0
        var peers = 0
        var messages = 0
    }

    /// - Parameter longest: The maximum pause. Zero: there is none.
    init(longest: UInt64) {
        self.longest = Double(longest)
    }

    /// Records that a peer has sent something.
    mutating func noteRead(isFirstInWindow: Bool) {
        self.counts.reads += 1
        if isFirstInWindow { self.counts.peers += 1 }
    }

    mutating func note(messages: Int) { self.counts.messages += messages }

    /// Records that the loop slept.
    mutating func noteSleep() { self.counts.sleeps += 1 }

    /// Records that the loop waits from `now` on, after it was busy for `busy`.
    mutating func noteWait(at now: UInt64, after busy: UInt64) {
        self.counts.busy += busy
        self.counts.waits += 1
        let elapsed = now &- self.counts.start
        guard elapsed >= Self.window else { return }
        self.decide(after: Double(elapsed), at: now)
        self.counts = Counts(start: now)
        self.windowNumber &+= 1
    }

    private mutating func decide(after elapsed: Double, at now: UInt64) {
        self.rate += (Double(self.counts.messages) / elapsed - self.rate) * Self.weight
        // Less than a message would come in a pause.
        guard self.counts.messages > 0, self.counts.peers > 0, self.rate * self.longest >= 1 else {
            return self.stop(at: now, isVain: self.pause > 0)
        }
        let work = Double(self.counts.busy) + Double(self.counts.sleeps) * Self.wakeUp
        let latest = work / Double(self.counts.messages)
        self.age += 1
        guard self.pause > 0 else { return self.beginPauses(latest, at: now) }

        self.cost = self.age == 1 ? latest : self.cost + (latest - self.cost) * Self.weight
        if self.age >= Self.windowsToPay {
            guard self.cost < self.costBefore * Self.worthwhile else { return self.stop(at: now, isVain: true) }
            self.nextRest = Self.rest.lowerBound
        }
        // Fewer messages come: perhaps because the peers wait for what the loop does.
        guard self.rate > self.rateBefore * Self.leastRate else { return self.stop(at: now, isVain: true) }
        // What a message cost at a lower rate, or long ago, says little.
        guard self.rate < self.rateBefore * 2, self.age < Self.windowsToLast else {
            return self.stop(at: now, isVain: false)
        }
        self.adjust()
    }

    private mutating func beginPauses(_ latest: Double, at now: UInt64) {
        self.costBefore = self.age == 1 ? latest : max(latest, self.cost)
        self.cost = latest
        guard self.age >= Self.windowsBefore, now >= self.restEnd else { return }
        // Some peers write many messages at once.
        guard self.perPeer < Self.enough.perPeer else { return }
        self.rateBefore = self.rate
        self.age = 0
        // Long enough for a second message of each peer.
        let interval = Double(self.counts.peers) / self.rate
        self.pause = UInt64(min(max(interval * 1.5, Self.shortest), self.longest))
    }

    private mutating func adjust() {
        let enough = Self.enough
        if self.perPeer < enough.perPeer || self.inAll < enough.inAll {
            self.pause = UInt64(min(Double(self.pause) * 1.5, self.longest))
        } else if self.perPeer > enough.perPeer * 1.5, self.inAll > enough.inAll * 1.5 {
            // Not to none: a short pause may be what makes so much gather.
            self.pause = UInt64(max(Double(self.pause) * 0.8, min(Self.shortest, self.longest)))
        }
    }

    /// The messages of the window for each read, and for each wait.
    private var perPeer: Double { Double(self.counts.messages) / Double(self.counts.reads) }
    private var inAll: Double { Double(self.counts.messages) / Double(self.counts.waits) }

    /// Ends the pauses. If they were in vain, it isn't tried again for a while.
    private mutating func stop(at now: UInt64, isVain: Bool) {
        self.pause = 0
        self.age = 0
        guard isVain else { return }
        self.restEnd = now + self.nextRest
        self.nextRest = min(self.nextRest * 2, Self.rest.upperBound)
    }
}
