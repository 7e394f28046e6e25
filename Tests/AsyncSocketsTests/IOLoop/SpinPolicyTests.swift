import Testing

@testable import AsyncSockets

@Suite("When a loop polls before it sleeps")
struct SpinPolicyTests {
    private static let short = SpinPolicy.short - 1

    /// A policy after `count` short waits.
    private static func policy(after count: Int) -> SpinPolicy {
        var policy = SpinPolicy(share: 1)
        for _ in 0..<count { policy.waited(Self.short, events: 1) }
        return policy
    }

    private static func spins(_ policy: inout SpinPolicy, at now: UInt64 = 0) -> Bool { policy.shouldSpin(at: now) }

    /// How many short waits it takes `policy` to poll again; at most 1,000.
    private static func waitsNeeded(by policy: inout SpinPolicy) -> Int {
        for count in 0..<1000 {
            if policy.shouldSpin(at: 0) { return count }
            policy.waited(Self.short, events: 1)
        }
        return 1000
    }

    @Test("A loop that idles never does")
    func idle() {
        var policy = SpinPolicy(share: 1)
        #expect(!Self.spins(&policy))
        for _ in 0..<10 { policy.waited(60_000_000_000, events: 0) }
        #expect(!Self.spins(&policy))
    }

    @Test("Three short waits that end with an event or two allow it, and one long wait ends it")
    func sparseTraffic() {
        var policy = Self.policy(after: 2)
        #expect(!Self.spins(&policy))
        policy.waited(Self.short, events: 2)
        #expect(Self.spins(&policy))
        policy.waited(SpinPolicy.short, events: 1)
        #expect(!Self.spins(&policy))
    }

    @Test("A wait in vain ends it, and so does plenty of work", arguments: [0, 3])
    func others(events: Int) {
        var policy = Self.policy(after: 3)
        policy.waited(Self.short, events: events)
        #expect(!Self.spins(&policy))
    }

    @Test("Polling in vain takes twice as many short waits each time, up to 96; success takes three again")
    func inVain() {
        var policy = Self.policy(after: 3)
        for expected in [6, 12, 24, 48, 96, 96] {
            policy.spun(0, found: false)
            #expect(Self.waitsNeeded(by: &policy) == expected)
        }
        policy.spun(0, found: true)
        #expect(Self.spins(&policy))
        policy.waited(SpinPolicy.short, events: 1)
        #expect(Self.waitsNeeded(by: &policy) == 3)
    }

    @Test("More than two datagrams at a time end it: one socket has them from many peers")
    func datagrams() {
        var policy = Self.policy(after: 3)
        policy.received(datagrams: 2)
        #expect(Self.spins(&policy))
        policy.received(datagrams: 3)
        #expect(!Self.spins(&policy))
    }

    @Test("In any second, it polls for no more than its share", arguments: [0, 0.1, 0.5])
    func share(_ share: Double) {
        var policy = SpinPolicy(share: share)
        for _ in 0..<3 { policy.waited(Self.short, events: 1) }
        // Two seconds in which each poll takes 20 µs and finds something, and each turn as long.
        var polls: [UInt64] = []
        var now: UInt64 = 1_000_000_000
        while now < 3_000_000_000 {
            if policy.shouldSpin(at: now) {
                policy.spun(20_000, found: true)
                polls.append(now)
                now += 20_000
            }
            now += 20_000
            policy.waited(20_000, events: 1)
        }
        for start in stride(from: 1_000_000_000, through: 2_000_000_000, by: 100_000_000) as StrideThrough<UInt64> {
            let time = polls.count { (start..<start + 1_000_000_000).contains($0) } * 20_000
            #expect(Double(time) <= share * 1e9 * 1.001)
        }
        #expect(Double(polls.count * 20_000) >= share * 1e9)
    }
}
