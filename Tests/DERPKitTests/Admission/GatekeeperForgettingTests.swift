import AsyncSockets
import IPAddresses
import Testing

@testable import DERPKit

@Suite("Forgotten decisions", .timeLimit(.minutes(1)))
struct GatekeeperForgettingTests {
    private let request = AdmissionRequest(key: NodePrivateKey().publicKey, source: .loopbackIPv4)
    private let other = AdmissionRequest(key: NodePrivateKey().publicKey, source: .loopbackIPv4)

    private static func policy(_ verifiers: [ScriptedVerifier]) -> AdmissionPolicy {
        var policy = AdmissionPolicy()
        policy.verifiers = verifiers
        return policy
    }

    @Test("what is remembered of a key is forgotten, and nothing else; or all is")
    func remembered() async {
        let verifier = ScriptedVerifier(.allow)
        let gatekeeper = Gatekeeper(Self.policy([verifier]))
        for request in [self.request, self.other] { #expect(await gatekeeper.decide(on: request) == .allow) }
        verifier.answer(.deny(.denied))
        #expect(await gatekeeper.decide(on: self.request) == .allow)
        let before = gatekeeper.forgettingCount
        await gatekeeper.forget(self.request.key)
        #expect(gatekeeper.forgettingCount == before + 1)
        #expect(await gatekeeper.decide(on: self.request) == .deny(.denied))
        #expect(await gatekeeper.decide(on: self.other) == .allow)
        await gatekeeper.forget(nil)
        #expect(await gatekeeper.decide(on: self.other) == .deny(.denied))
    }

    @Test("a question that is unanswered then is asked again; the first answer counts for nothing")
    func unanswered() async {
        let verifier = ScriptedVerifier()
        let gatekeeper = Gatekeeper(Self.policy([verifier]))
        async let decision = gatekeeper.decide(on: self.request)
        await verifier.waitForQuestions(1)
        let first = verifier.withdraw()
        await gatekeeper.forget(self.request.key)
        await verifier.waitForQuestions(2)
        first.forEach { $0.resume(returning: .allow) }
        // The first answer has come when it no longer counts as owed.
        while await gatekeeper.pendingCount > 1 { await Task.yield() }
        verifier.answer(.deny(.denied))
        #expect(await decision == .deny(.denied))
        #expect(await gatekeeper.pendingCount == 0)
        #expect(await gatekeeper.decide(on: self.request) == .deny(.denied))
        #expect(verifier.questions == 2)
    }

    @Test("forgetting again and again causes at most twice the limit of questions")
    func bound() async {
        let verifier = ScriptedVerifier()
        var policy = Self.policy([verifier])
        policy.pendingLimit = 2
        let gatekeeper = Gatekeeper(policy)
        async let decision = gatekeeper.decide(on: self.request)
        await verifier.waitForQuestions(1)
        for _ in 0..<10 { await gatekeeper.forget(nil) }
        #expect(await decision.refusal == .busy)
        #expect(await gatekeeper.pendingCount == 4)
        verifier.answer(.allow)
    }

    @Test("an answer is remembered for as long as it says, and as the least of two says")
    func lifetimes() async {
        let now = Lock(ContinuousClock.now)
        let clock = Shared(now)
        let long = ScriptedVerifier(.allow(lifetime: .seconds(300)))
        let short = ScriptedVerifier(.allow(lifetime: .seconds(10)))
        let alone = Gatekeeper(Self.policy([long])) { clock.value.withLock { $0 } }
        let both = Gatekeeper(Self.policy([long, short])) { clock.value.withLock { $0 } }
        for gatekeeper in [alone, both] { #expect(await gatekeeper.decide(on: self.request).isAllowed) }
        long.answer(.deny(.denied))
        clock.value.withLock { $0 += .seconds(9) }
        for gatekeeper in [alone, both] { #expect(await gatekeeper.decide(on: self.request).isAllowed) }
        clock.value.withLock { $0 += .seconds(2) }
        #expect(await alone.decide(on: self.request).isAllowed)
        #expect(await !both.decide(on: self.request).isAllowed)
        clock.value.withLock { $0 += .seconds(290) }
        #expect(await !alone.decide(on: self.request).isAllowed)
    }
}
