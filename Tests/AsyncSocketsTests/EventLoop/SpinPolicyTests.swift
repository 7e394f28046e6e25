import Testing

@testable import AsyncSockets

@Suite("When a loop polls before it sleeps")
struct SpinPolicyTests {
    private let short = SpinPolicy.limit - 1

    @Test("A loop that idles never does")
    func idle() {
        var policy = SpinPolicy()
        #expect(!policy.shouldSpin)
        for _ in 0..<10 { policy.waited(60_000_000_000, events: 0) }
        #expect(!policy.shouldSpin)
    }

    @Test("Short waits that end with an event or two allow it, and one long wait ends it")
    func sparseTraffic() {
        var policy = SpinPolicy()
        for events in [1, 2, 1] { policy.waited(self.short, events: events) }
        #expect(policy.shouldSpin)
        policy.waited(SpinPolicy.limit, events: 1)
        #expect(!policy.shouldSpin)
    }

    @Test("A wait in vain ends it, and so does plenty of work")
    func others() {
        for events in [0, 3] {
            var policy = SpinPolicy()
            for _ in 0..<3 { policy.waited(self.short, events: 1) }
            policy.waited(self.short, events: events)
            #expect(!policy.shouldSpin)
        }
    }
}
