import Testing

@testable import AsyncSockets

@Suite("When a busy loop lets messages gather")
struct GatherPolicyTests {
    /// A loop whose peers send one message at a time.
    private struct Load {
        var policy = GatherPolicy(longest: 60_000)
        var now: UInt64 = 0
        /// The messages in a window, from so many peers.
        var messages = 400
        var peers = 10
        /// The messages of each read, without pauses and with them.
        var perRead = (1, 4)
        /// What the work for a read costs, and for each message in it, in nanoseconds.
        var costs = (4000, 1000)

        /// Lets `count` windows pass.
        mutating func pass(_ count: Int) {
            for _ in 0..<count {
                let perRead = self.policy.pause > 0 ? self.perRead.1 : self.perRead.0
                let reads = max(self.messages / perRead, 1)
                for read in 0..<reads {
                    self.policy.noteRead(isFirstInWindow: read < self.peers)
                    self.policy.note(messages: self.messages / reads)
                    self.now += GatherPolicy.window / UInt64(reads)
                    self.policy.noteSleep()
                    self.policy.noteWait(
                        at: self.now,
                        after: UInt64(self.costs.0 + self.costs.1 * self.messages / reads)
                    )
                }
            }
        }
    }

    @Test("It does if a message comes in the longest pause, and costs less then")
    func busy() {
        var load = Load()
        load.pass(1)
        #expect(load.policy.pause == 0, "one window says little")
        load.pass(2)
        #expect(load.policy.pause >= UInt64(GatherPolicy.shortest))
        load.pass(200)
        #expect(load.policy.pause == 60_000)
    }

    @Test("It doesn't while less than a message comes in the longest pause", arguments: [0, 1, 60])
    func sparse(messages: Int) {
        var load = Load()
        load.messages = messages
        load.pass(100)
        #expect(load.policy.pause == 0)
    }

    @Test("It stops when traffic becomes sparse")
    func ending() {
        var load = Load()
        load.pass(100)
        load.messages = 20
        load.pass(20)
        #expect(load.policy.pause == 0)
    }

    @Test("It doesn't if peers write many messages at a time")
    func batches() {
        var load = Load()
        load.perRead = (10, 12)
        load.pass(100)
        #expect(load.policy.pause == 0)
    }

    @Test("It soon stops if pauses bring nothing, and tries again later and later, up to every two seconds")
    func inVain() {
        var load = Load()
        load.perRead = (1, 1)
        var windowsWithPauses = 0
        for _ in 0..<500 {
            load.pass(1)
            windowsWithPauses += load.policy.pause > 0 ? 1 : 0
        }
        // 2 s: after 0, 50, 150, 350, 750 and 1550 ms, and what each attempt takes.
        #expect((5 * (GatherPolicy.windowsToPay - 1)...6 * (GatherPolicy.windowsToPay + 1)).contains(windowsWithPauses))
        load.pass(2000)
        windowsWithPauses = 0
        for _ in 0..<5000 {
            load.pass(1)
            windowsWithPauses += load.policy.pause > 0 ? 1 : 0
        }
        #expect(windowsWithPauses <= 10 * (GatherPolicy.windowsToPay + 1))
    }

    @Test("It soon stops if pauses make its peers slower, because they wait for answers")
    func answers() {
        var windowsWithPauses = 0
        var load = Load()
        load.peers = 1
        load.perRead = (1, 1)
        for _ in 0..<2500 {
            // A round trip takes 54 µs, and the pause.
            load.messages = Int(GatherPolicy.window / (54_000 + 2 * load.policy.pause))
            load.pass(1)
            windowsWithPauses += load.policy.pause > 0 ? 1 : 0
        }
        // 10 s: after 0, 50, 150, 350, 750 and 1550 ms, and then every two seconds.
        #expect(windowsWithPauses <= 11 * (GatherPolicy.windowsToPay + 1))
    }

    @Test("It looks again when the rate has doubled, and when four seconds have passed")
    func again() {
        var load = Load()
        load.pass(100)
        load.messages *= 3
        var hasStopped = false
        for _ in 0..<20 {
            load.pass(1)
            hasStopped = hasStopped || load.policy.pause == 0
        }
        #expect(hasStopped)
        load.pass(20)
        #expect(load.policy.pause > 0)
        hasStopped = false
        for _ in 0..<GatherPolicy.windowsToLast + 20 {
            load.pass(1)
            hasStopped = hasStopped || load.policy.pause == 0
        }
        #expect(hasStopped)
    }

    @Test("Pauses become shorter again when enough comes in them")
    func enough() {
        var load = Load()
        load.pass(100)
        load.perRead.1 = 50
        load.pass(100)
        #expect(load.policy.pause == UInt64(GatherPolicy.shortest))
    }

    @Test("With no time to gather, it never does")
    func off() {
        var load = Load(policy: GatherPolicy(longest: 0))
        load.pass(100)
        #expect(load.policy.pause == 0)
    }

    @Test("A window's number changes with each window, so that each peer is counted once in it")
    func number() {
        var load = Load()
        load.pass(1)
        let number = load.policy.windowNumber
        load.pass(1)
        #expect(load.policy.windowNumber == number + 1)
    }
}
