import Testing

@testable import AsyncSockets

@Suite("When a loop polls before it sleeps")
struct SpinPolicyTests {
    private static let short = SpinPolicy.short - 1

    /// A policy after `count` short waits.
    private static func policy(after count: Int) -> SpinPolicy {
        var policy = SpinPolicy()
        for _ in 0..<count { policy.waited(Self.short, events: 1) }
        return policy
    }

    /// How many short waits it takes `policy` to poll again; at most 1,000.
    private static func waitsNeeded(by policy: inout SpinPolicy) -> Int {
        for count in 0..<1000 {
            if policy.shouldSpin { return count }
            policy.waited(Self.short, events: 1)
        }
        return 1000
    }

    @Test("A loop that idles never does")
    func idle() {
        var policy = SpinPolicy()
        #expect(!policy.shouldSpin)
        for _ in 0..<10 { policy.waited(60_000_000_000, events: 0) }
        #expect(!policy.shouldSpin)
    }

    @Test("Three short waits that end with an event or two allow it, and one long wait ends it")
    func sparseTraffic() {
        var policy = Self.policy(after: 2)
        #expect(!policy.shouldSpin)
        policy.waited(Self.short, events: 2)
        #expect(policy.shouldSpin)
        policy.waited(SpinPolicy.short, events: 1)
        #expect(!policy.shouldSpin)
    }

    @Test("A wait in vain ends it, and so does plenty of work", arguments: [0, 3])
    func others(events: Int) {
        var policy = Self.policy(after: 3)
        policy.waited(Self.short, events: events)
        #expect(!policy.shouldSpin)
    }

    @Test("Polling in vain takes twice as many short waits each time, up to 96; success takes three again")
    func inVain() {
        var policy = Self.policy(after: 3)
        for expected in [6, 12, 24, 48, 96, 96] {
            policy.spun(found: false)
            #expect(Self.waitsNeeded(by: &policy) == expected)
        }
        policy.spun(found: true)
        #expect(policy.shouldSpin)
        policy.waited(SpinPolicy.short, events: 1)
        #expect(Self.waitsNeeded(by: &policy) == 3)
    }

    @Test("More than two datagrams at a time end it: one socket has them from many peers")
    func datagrams() {
        var policy = Self.policy(after: 3)
        policy.received(datagrams: 2)
        #expect(policy.shouldSpin)
        policy.received(datagrams: 3)
        #expect(!policy.shouldSpin)
    }
}
