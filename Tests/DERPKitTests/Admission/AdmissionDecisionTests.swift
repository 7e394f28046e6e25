import Testing

@testable import DERPKit

@Suite("What a verifier may say")
struct AdmissionDecisionTests {
    @Test("of two that admit, the shorter lifetime and the lower rate count")
    func joined() {
        let slow = RateLimits.Rate(bytesPerSecond: 1_000_000)
        let fast = RateLimits.Rate(bytesPerSecond: 2_000_000)
        let one = AdmissionDecision.allow(lifetime: .seconds(5), rate: fast)
        let two = AdmissionDecision.allow(lifetime: .seconds(9), rate: slow)
        for both in [one.and(two), two.and(one)] {
            #expect(both == .allow(lifetime: .seconds(5), rate: slow))
        }
        #expect(one.and(.allow) == one && AdmissionDecision.allow.and(one) == one)
        let unlimited = AdmissionDecision.allow(rate: .unlimited)
        #expect(unlimited.and(two).rate == slow && two.and(unlimited).rate == slow)
        #expect(unlimited.and(.allow).rate == .unlimited)
        let unverified = AdmissionDecision.allowUnverified(detail: "x").and(one)
        #expect(
            !unverified.isVerified && !unverified.isRemembered && unverified.rate == fast && unverified.detail == "x"
        )
    }

    @Test("a client is told the message, or else the reason; a long message is cut between characters")
    func messages() {
        #expect(AdmissionDecision.deny(.controller).notice == "the admission controller said no")
        #expect(AdmissionDecision.deny().notice == "it is not admitted here")
        #expect(AdmissionDecision.deny(message: "pay\nfirst\u{7}").notice == "pay first ")
        let long = AdmissionDecision.deny(message: String(repeating: "ä", count: 300)).notice
        #expect(long == String(repeating: "ä", count: 128))
        let odd = AdmissionDecision.deny(message: "x" + String(repeating: "ä", count: 300)).notice
        #expect(odd?.utf8.count == 255)
        #expect(AdmissionDecision.allow.notice == nil)
    }

    @Test("an answer's own lifetime counts, up to the limit; the policy's otherwise")
    func lifetimes() {
        var policy = AdmissionPolicy()
        policy.lifetimeLimit = .seconds(100)
        #expect(policy.lifetime(of: .allow) == .seconds(60))
        #expect(policy.lifetime(of: .deny()) == .seconds(5))
        #expect(policy.lifetime(of: .allow(lifetime: .seconds(90))) == .seconds(90))
        #expect(policy.lifetime(of: .allow(lifetime: .seconds(101))) == .seconds(100))
        #expect(policy.lifetime(of: .deny(lifetime: .seconds(7))) == .seconds(7))
        #expect(policy.lifetime(of: .deny(lifetime: .seconds(-1))) == .zero)
        policy.lifetimeLimit = .seconds(-1)
        #expect(throws: DERPError.self) { try policy.validate() }
    }
}
