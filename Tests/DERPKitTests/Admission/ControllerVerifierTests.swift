import AsyncSockets
import Synchronization
import TestSupport
import Testing

@testable import DERPKit

// A crowd is asked about within the time that one question has.
@Suite("Admission controllers", .heavy, .timeLimit(.minutes(1)))
struct ControllerVerifierTests {
    private let group: IOLoopGroup
    private let request = AdmissionRequest(key: NodePrivateKey().publicKey, source: IPAddress(ipv4: 0xc000_0201))

    init() throws { self.group = try IOLoopGroup(count: 1) }

    private func verifier(_ daemon: ScriptedDaemon, failsOpen: Bool = false) throws -> ControllerVerifier {
        try self.verifier(port: daemon.port, failsOpen: failsOpen)
    }

    private func verifier(port: UInt16, failsOpen: Bool) throws -> ControllerVerifier {
        try ControllerVerifier(
            url: "http://127.0.0.1:\(port)/verify?token=secret",
            failsOpen: failsOpen,
            on: self.group
        )
    }

    private static func answer(_ body: String, status: String = "200 OK") -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test("it is asked by POST, with the key and the address as JSON")
    func question() async throws {
        let daemon = try ScriptedDaemon(answer: Self.answer(#"{"Allow":true}"#))
        defer { daemon.stop() }
        #expect(try await self.verifier(daemon).decide(on: self.request) == .allow)
        let asked = try #require(daemon.requests.first)
        let body = #"{"NodePublic":"\#(self.request.key)","Source":"192.0.2.1"}"#
        #expect(asked.hasPrefix("POST /verify?token=secret HTTP/1.1\r\nHost: 127.0.0.1:\(daemon.port)\r\n"))
        #expect(asked.hasSuffix("\r\n\r\n" + body))
        #expect(asked.contains("Content-Length: \(body.utf8.count)\r\n"))
    }

    @Test("a no, another status and a redirect refuse, and what can't be understood does, also where it fails open")
    func refusals() async throws {
        let daemon = try ScriptedDaemon(answer: nil)
        defer { daemon.stop() }
        let yes = #"{"Allow":true}"#
        let cases: [(String, AdmissionDecision.Reason)] = [
            (Self.answer(#"{"Allow":false}"#), .controller),
            (Self.answer(yes, status: "201 Created"), .controller),
            (Self.answer(yes, status: "403 Forbidden"), .controller),
            (Self.answer(yes, status: "500 Internal Server Error"), .controller),
            ("HTTP/1.1 307 Temporary Redirect\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", .controller),
            (Self.answer("yes"), .unavailable),
            (Self.answer(yes + String(repeating: " ", count: 4096)), .unavailable),
            ("garbage\r\n\r\n", .unavailable),
            // Cut off, wherever that may be.
            ("H", .unavailable), ("HTTP/1.1 200 OK\r\n", .unavailable),
            ("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n" + yes, .unavailable),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ne\r\n\(yes)\r\n", .unavailable),
        ]
        for failsOpen in [false, true] {
            let verifier = try self.verifier(daemon, failsOpen: failsOpen)
            for (answer, reason) in cases {
                daemon.setAnswer(answer)
                let decision = await verifier.decide(on: self.request)
                #expect(decision.refusal == reason, "\(answer.prefix(60))")
                #expect(!decision.detail.contains("secret"))
            }
        }
    }

    @Test("nobody is admitted while it can't be reached, unless it is to fail open")
    func unreachable() async throws {
        // A number that no other test is given: one that was listened at could be another test's by now.
        let unheard = PortNumbers.next()
        let closed = try self.verifier(port: unheard, failsOpen: false)
        let open = try self.verifier(port: unheard, failsOpen: true)
        // One that closes without a word is as good as none.
        let mute = try ScriptedDaemon(answer: "")
        defer { mute.stop() }
        #expect(try await self.verifier(mute, failsOpen: true).decide(on: self.request).isAllowed)
        let decision = await closed.decide(on: self.request)
        #expect(decision.refusal == .unavailable && !decision.detail.contains("secret"))
        let opened = await open.decide(on: self.request)
        #expect(opened.isAllowed && !opened.isRemembered)
    }

    @Test("what runs out on this machine is not its absence: nobody is admitted for that")
    func shortage() async throws {
        for code in [SocketError.Code.exhausted, .notFound, .timeout] {
            let resolver = HostResolver { _ in .failure(SocketError(code, "no address")) }
            let verifier = try ControllerVerifier(
                url: "http://controller.invalid/verify",
                failsOpen: true,
                group: self.group,
                resolver: resolver
            )
            let decision = await verifier.decide(on: self.request)
            #expect(decision.refusal == (code == .exhausted ? .exhausted : nil) && !decision.isRemembered, "\(code)")
        }
    }

    @Test("what runs out here is waited for")
    func passingShortage() async throws {
        let pace = QuestionPace(patience: .seconds(60))
        let questions = Atomic(0)
        let answer = try await pace.asking { () throws(DERPError) in
            let number = questions.add(1, ordering: .relaxed).newValue
            guard number >= 3 else { throw DERPError(.exhausted, "out of files") }
            return number
        }
        #expect(answer == 3)
    }

    @Test("but not forever")
    func lastingShortage() async throws {
        let pace = QuestionPace(patience: .zero)
        await #expect(throws: DERPError.self) {
            try await pace.asking { () throws(DERPError) in throw DERPError(.exhausted, "out of files") }
        }
    }

    @Test("a crowd that comes at once is asked about to the last, though it has only a name")
    func crowd() async throws {
        let daemon = try ScriptedDaemon(answer: Self.answer(#"{"Allow":false}"#))
        defer { daemon.stop() }
        let resolver = HostResolver { _ in .success([.loopbackIPv4]) }
        let verifier = try ControllerVerifier(
            url: "http://controller.invalid:\(daemon.port)/",
            failsOpen: true,
            group: self.group,
            resolver: resolver
        )
        var policy = AdmissionPolicy()
        policy.verifiers = [verifier]
        policy.timeLimit = .seconds(50)
        let gatekeeper = Gatekeeper(policy)
        await withTaskGroup(of: AdmissionDecision.self) { group in
            for _ in 0..<policy.pendingLimit {
                group.addTask {
                    let key = NodePrivateKey().publicKey
                    return await gatekeeper.decide(on: AdmissionRequest(key: key, source: .loopbackIPv4))
                }
            }
            for await decision in group { #expect(decision.refusal == .controller, "\(decision)") }
        }
    }

    @Test("one that says nothing has 5 s")
    func silence() async throws {
        let daemon = try ScriptedDaemon(answer: nil)
        defer { daemon.stop() }
        let start = ContinuousClock.now
        #expect(try await self.verifier(daemon).decide(on: self.request).refusal == .unavailable)
        #expect((.seconds(4)...(.seconds(8) * Sanitizer.slowness)).contains(ContinuousClock.now - start))
    }

    @Test(
        "a URL that is none is refused, and not shown",
        arguments: ["", "a.example", "ftp://a/", "http://u:secret@a/"]
    )
    func url(text: String) {
        let error = #expect(throws: DERPError.self) { try ControllerVerifier(url: text, on: self.group) }
        #expect(error?.code == .invalidConfiguration && error?.message.contains("secret") == false)
    }
}
