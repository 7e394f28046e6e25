import AsyncSockets
import IPAddresses
import Synchronization
import Testing

@testable import DERPKit

@Suite("Admission", .timeLimit(.minutes(1)))
struct GatekeeperTests {
    private let request = AdmissionRequest(key: NodePrivateKey().publicKey, source: .loopbackIPv4)

    private func stranger() -> AdmissionRequest {
        AdmissionRequest(key: NodePrivateKey().publicKey, source: .loopbackIPv4)
    }

    private func policy(_ verifiers: any ClientVerifier...) -> AdmissionPolicy {
        var policy = AdmissionPolicy()
        policy.verifiers = verifiers
        return policy
    }

    @Test("of two, both must agree; a verdict outweighs being unable to tell")
    func combination() {
        let no = AdmissionDecision.deny(.controller)
        let unable = AdmissionDecision.deny(.unavailable)
        #expect(AdmissionDecision.allow.and(.allow) == .allow)
        #expect(AdmissionDecision.allow.and(no) == no && no.and(.allow) == no)
        #expect(AdmissionDecision.allow.and(unable) == unable && unable.and(.allow) == unable)
        #expect(no.and(unable) == no && unable.and(no) == no)
        #expect(no.and(.deny(.tailscaled)) == no)
        let unverified = AdmissionDecision.allowUnverified()
        #expect(unverified.and(.allow) == unverified && AdmissionDecision.allow.and(unverified) == unverified)
        #expect(unverified.and(no) == no && no.and(unverified) == no)
    }

    @Test(
        "what was decided because nobody could be asked, or this machine was too busy, is not remembered",
        arguments: [AdmissionDecision.allowUnverified(), .deny(.exhausted), .deny(.busy)]
    )
    func unremembered(first: AdmissionDecision) async {
        let verifier = ScriptedVerifier(first)
        let gatekeeper = Gatekeeper(self.policy(verifier))
        #expect(await gatekeeper.decide(on: self.request) == first)
        for decision in [AdmissionDecision.deny(.denied), .allow] {
            verifier.answer(decision)
            #expect(await gatekeeper.decide(on: self.request, afresh: true) == decision)
            verifier.answer(first)
            #expect(await gatekeeper.decide(on: self.request, afresh: true) == first)
            // Nor does it make what was remembered before forgotten.
            #expect(await gatekeeper.decide(on: self.request) == decision)
        }
    }

    @Test(
        "an answer is remembered until it expires, though nobody answers when asked afresh",
        arguments: [AdmissionDecision.deny(.unavailable), .deny(.timeout)],
        [AdmissionDecision.allow, .deny(.controller)]
    )
    func silence(silence: AdmissionDecision, answer: AdmissionDecision) async {
        let clock = ManualClock()
        let verifier = ScriptedVerifier(answer)
        var policy = self.policy(verifier)
        policy.denyLifetime = policy.allowLifetime
        let gatekeeper = Gatekeeper(policy, now: { clock.now })
        #expect(await gatekeeper.decide(on: self.request) == answer)
        verifier.answer(silence)
        #expect(await gatekeeper.decide(on: self.request, afresh: true) == silence)
        clock.advance(by: policy.allowLifetime - .seconds(1))
        #expect(await gatekeeper.decide(on: self.request) == answer)
        clock.advance(by: .seconds(1))
        #expect(await gatekeeper.decide(on: self.request) == silence)
        #expect(verifier.questions == 3)
    }

    @Test("one refusal among the verifiers refuses", arguments: [0, 1, 2])
    func oneRefusal(place: Int) async {
        var policy = AdmissionPolicy()
        policy.verifiers = (0..<3).map { ScriptedVerifier($0 == place ? .deny(.denied) : .allow) }
        #expect(await Gatekeeper(policy).decide(on: self.request) == .deny(.denied))
    }

    @Test("all agree")
    func agreement() async {
        let policy = self.policy(ScriptedVerifier(.allow), ScriptedVerifier(.allow))
        #expect(await Gatekeeper(policy).decide(on: self.request) == .allow)
    }

    @Test("a verdict doesn't wait for verifiers that say nothing")
    func earlyVerdict() async {
        let policy = self.policy(ScriptedVerifier(), ScriptedVerifier(.deny(.denied)))
        #expect(await Gatekeeper(policy).decide(on: self.request) == .deny(.denied))
    }

    @Test("a client without an answer in time is refused, even if the verifier ignores cancellation")
    func timeout() async {
        let silent = ScriptedVerifier()
        var policy = self.policy(ScriptedVerifier(.allow), silent)
        policy.timeLimit = .milliseconds(20)
        let gatekeeper = Gatekeeper(policy)
        #expect(await gatekeeper.decide(on: self.request).refusal == .timeout)
        // The question still is unanswered, and still counts.
        #expect(await gatekeeper.pendingCount == 1)
        silent.answer(.allow)
        while await gatekeeper.pendingCount > 0 { await Task.yield() }
    }

    @Test("logins of one key from one address share a question")
    func sharing() async {
        let verifier = ScriptedVerifier()
        let gatekeeper = Gatekeeper(self.policy(verifier))
        async let first = gatekeeper.decide(on: self.request)
        await verifier.waitForQuestions(1)
        async let second = gatekeeper.decide(on: self.request)
        async let other = gatekeeper.decide(on: self.stranger())
        await verifier.waitForQuestions(2)
        verifier.answer(.deny(.denied))
        #expect(await [first, second, other] == Array(repeating: .deny(.denied), count: 3))
        #expect(verifier.questions == 2)
    }

    @Test(
        "when all questions are asked that may be, the address that has most makes room for others, but not for itself"
    )
    func fairness() async {
        let verifier = ScriptedVerifier()
        var policy = self.policy(verifier)
        policy.pendingLimit = 4
        let gatekeeper = Gatekeeper(policy)
        let crowd = (0..<4).map { _ in self.stranger() }
        var waiting: [Task<AdmissionDecision, Never>] = []
        for (index, request) in crowd.enumerated() {
            waiting.append(Task { await gatekeeper.decide(on: request) })
            await verifier.waitForQuestions(index + 1)
        }
        #expect(await gatekeeper.decide(on: self.stranger()).refusal == .busy)
        let other = AdmissionRequest(key: NodePrivateKey().publicKey, source: IPAddress(ipv4: 0xc000_0201))
        let admitted = Task { await gatekeeper.decide(on: other) }
        await verifier.waitForQuestions(5)
        #expect(await waiting[0].value.refusal == .busy)
        verifier.answer(.allow)
        #expect(await admitted.value == .allow)
        for task in waiting.dropFirst() { #expect(await task.value == .allow) }
        while await gatekeeper.pendingCount > 0 { await Task.yield() }
    }

    @Test("beyond the limit of unanswered questions clients are refused unasked")
    func pendingLimit() async {
        let verifier = ScriptedVerifier()
        var policy = self.policy(verifier)
        policy.pendingLimit = 2
        let gatekeeper = Gatekeeper(policy)
        async let first = gatekeeper.decide(on: self.stranger())
        async let second = gatekeeper.decide(on: self.stranger())
        await verifier.waitForQuestions(2)
        #expect(await gatekeeper.decide(on: self.request).refusal == .busy)
        verifier.answer(.allow)
        #expect(await [first, second] == [.allow, .allow])
        // It isn't remembered against the client.
        #expect(await gatekeeper.decide(on: self.request) == .allow)
    }

    @Test("an answer is remembered until it expires, and passed over when asked afresh")
    func memory() async {
        let clock = ManualClock()
        let verifier = ScriptedVerifier(.allow)
        let gatekeeper = Gatekeeper(self.policy(verifier), now: { clock.now })
        #expect(await gatekeeper.decide(on: self.request) == .allow)
        verifier.answer(.deny(.denied))
        clock.advance(by: .seconds(59))
        #expect(await gatekeeper.decide(on: self.request) == .allow)
        clock.advance(by: .seconds(1))
        #expect(await gatekeeper.decide(on: self.request) == .deny(.denied))
        verifier.answer(.allow)
        #expect(await gatekeeper.decide(on: self.request) == .deny(.denied))
        #expect(verifier.questions == 2)
        #expect(await gatekeeper.decide(on: self.request, afresh: true) == .allow)
        // What was heard last is what is remembered.
        #expect(await gatekeeper.decide(on: self.request) == .allow)
        #expect(verifier.questions == 3)
    }

    @Test("lists are looked at every time, before anybody is asked")
    func lists() async throws {
        let directory = try TemporaryDirectory()
        try AtomicFile.write("", to: directory.file("deny"), mode: 0o600, existing: .replace)
        let file = try KeyListFile(path: directory.file("deny"))
        let verifier = ScriptedVerifier(.allow)
        var policy = self.policy(verifier)
        policy.lists = KeyLists(allow: nil, deny: file)
        let gatekeeper = Gatekeeper(policy)
        #expect(await gatekeeper.decide(on: self.request) == .allow)
        try AtomicFile.write("\(self.request.key)", to: directory.file("deny"), mode: 0o600, existing: .replace)
        _ = file.refresh(atOnce: true)
        #expect(await gatekeeper.decide(on: self.request).refusal == .denyList)
        #expect(verifier.questions == 1)
    }
}

/// Time that passes when the test says so.
private final class ManualClock: Sendable {
    private let instant = Lock(ContinuousClock.now)

    var now: ContinuousClock.Instant { self.instant.withLock { $0 } }

    func advance(by duration: Duration) { self.instant.withLock { $0 += duration } }
}
