import AsyncSockets
import TestSupport
import Testing

@testable import DERPKit

@Suite("ACME servers that misbehave", .blocking, .serialized)
struct HostileACMETests {
    private let directory: TemporaryDirectory
    private let group: IOLoopGroup

    init() throws {
        self.directory = try TemporaryDirectory()
        self.group = try IOLoopGroup(count: 1)
    }

    /// Why a certificate can't be had from a server that answers as a working one does, but for `answers`.
    private func failure(
        _ answers: [String: ScriptedACME.Answer],
        timeout: Duration = .seconds(60),
        server checks: (ScriptedACME) -> Void = { _ in }
    ) async throws -> any Error {
        let server = try await ScriptedACME(ScriptedACME.working.merging(answers) { $1 })
        var configuration = ACMEConfiguration(storage: self.directory.path)
        configuration.directoryURL = server.url + "/directory"
        configuration.attemptTimeout = timeout
        let attempt = ACMEAttempt(
            host: try .parse("a.example"),
            configuration: configuration,
            accountKey: try ACMEAccountKey(),
            challenges: ACMEChallenges(),
            http: try HTTPClient(on: self.group.loops[0], authoritiesPEM: ScriptedACME.authority()),
            types: [.http]
        )
        var failure: any Error = ACMEFailure("there was none")
        do { _ = try await attempt.run() } catch { failure = error }
        checks(server)
        return failure
    }

    @Test("one that refuses every nonce is asked twenty times, and left")
    func badNonce() async throws {
        let problem = ScriptedACME.Answer(
            status: 400,
            fields: "Replay-Nonce: abc\r\n",
            body: #"{"type":"urn:ietf:params:acme:error:badNonce","detail":"no"}"#
        )
        let failure = try await self.failure(["/account": problem]) { #expect($0.count("/account") == 20) }
        #expect("\(failure)" == "the server refuses every nonce")
    }

    @Test("one that gives no nonce, or none that may be used, is left", arguments: ["", "Replay-Nonce: a b\r\n"])
    func noNonce(fields: String) async throws {
        let failure = try await self.failure(["/nonce": .init(fields: fields)])
        #expect("\(failure)" == "the server gives no nonce")
    }

    @Test("a limit of rates is heeded: how long the server wants to be left alone", arguments: [429, 503])
    func rateLimited(status: Int) async throws {
        let answer = ScriptedACME.Answer(
            status: status,
            fields: "Retry-After: 120\r\n",
            body: #"{"type":"urn:ietf:params:acme:error:rateLimited","detail":"too many"}"#
        )
        let failure = try #require(try await self.failure(["/order": answer]) as? ACMEFailure)
        #expect(failure.retryAfter == .seconds(120))
        #expect(failure.description.hasSuffix("/order answers \(status), rateLimited: too many"))
    }

    @Test(
        "URLs that are no https, answers that can't be understood or are too large, end the attempt",
        arguments: [
            (
                #"{"newNonce":"http://127.0.0.1/n","newAccount":"a","newOrder":"o"}"#,
                "the server names a URL that is not https"
            ),
            (#"{"newNonce":"HERE/nonce"}"#, "/directory sends an answer that can't be understood"),
            ("[", "/directory sends an answer that can't be understood"),
            (String(repeating: " ", count: 300 << 10), "the server's answer is larger than 256 KiB"),
        ]
    )
    func malformed(body: String, reason: String) async throws {
        let failure = try await self.failure(["/directory": .init(body: body)])
        #expect("\(failure)".hasSuffix(reason), "\(failure)")
    }

    @Test("accounts and orders without an address, and missing external accounts, are reported")
    func missing() async throws {
        let nowhere = ScriptedACME.Answer(status: 201, fields: "Replay-Nonce: abc\r\n", body: "{}")
        #expect("\(try await self.failure(["/account": nowhere]))" == "the server doesn't say where the account is")
        #expect("\(try await self.failure(["/order": nowhere]))" == "the server doesn't say where the order is")
        let body =
            #"{"newNonce":"HERE/nonce","newAccount":"HERE/account","newOrder":"HERE/order","#
            + #""meta":{"externalAccountRequired":true}}"#
        let failure = try await self.failure(["/directory": .init(body: body)])
        #expect("\(failure)".contains("-acme-eab-kid"))
    }

    @Test("one that says nothing is waited for as long as an attempt may take", arguments: ["/directory", "/order"])
    func silent(path: String) async throws {
        let start = ContinuousClock.now
        let failure = try await self.failure([path: .init(isSilent: true)], timeout: .milliseconds(1500))
        #expect((failure as? DERPError)?.code == .timeout, "\(failure)")
        #expect(ContinuousClock.now - start < .seconds(10) * Sanitizer.slowness)
    }

    @Test("a validation that never ends is given up in time, and its answer is shown no longer")
    func endless() async throws {
        let answer = ScriptedACME.Answer(
            fields: "Replay-Nonce: abc\r\nRetry-After: 1\r\n",
            body: #"{"identifier":{"type":"dns","value":"a.example"},"status":"pending","#
                + #""challenges":[{"type":"http-01","url":"HERE/challenge","token":"token"}]}"#
        )
        let start = ContinuousClock.now
        let challenge = ScriptedACME.Answer(fields: "Replay-Nonce: abc\r\n", body: "{}")
        let failure = try await self.failure(
            ["/authorization": answer, "/challenge": challenge],
            timeout: .seconds(3)
        )
        #expect("\(failure)" == "the server takes too long", "\(failure)")
        #expect(ContinuousClock.now - start < .seconds(10) * Sanitizer.slowness)
    }

    @Test("a server whose certificate isn't trusted is not talked to")
    func untrusted() async throws {
        let server = try await ScriptedACME(ScriptedACME.working)
        let client = try HTTPClient(on: self.group.loops[0])
        await #expect(throws: DERPError.self) {
            try await ACMEClient.directory(at: server.url + "/directory", by: client, deadline: .now + .seconds(30))
        }
        #expect(server.count("/directory") == 0)
    }
}
