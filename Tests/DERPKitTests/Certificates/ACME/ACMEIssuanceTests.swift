import Testing

@testable import DERPKit

@Suite("From an order to a certificate")
struct ACMEIssuanceTests {
    private typealias Step = ACMEIssuance.Step

    private func order(
        _ status: ACMEOrder.Status,
        _ authorizations: [String] = ["auth-1"],
        certificate: String? = nil,
        error: ACMEProblem? = nil
    ) -> ACMEOrder {
        ACMEOrder(
            status: status,
            authorizations: authorizations,
            finalize: "finalize",
            certificate: certificate,
            error: error
        )
    }

    private func authorization(
        _ status: ACMEAuthorization.Status,
        _ types: [String] = ["dns-01", "tls-alpn-01", "http-01"],
        token: String? = "token",
        error: ACMEProblem? = nil
    ) throws -> ACMEAuthorization {
        ACMEAuthorization(
            identifier: ACMEIdentifier(try .parse("a.example")),
            status: status,
            challenges: types.map { .init(type: $0, url: "url-\($0)", status: nil, token: token, error: error) }
        )
    }

    @Test("the usual way: challenge, authorization, finalization, certificate")
    func usual() throws {
        var issuance = ACMEIssuance(types: [.http, .tlsALPN])
        #expect(try issuance.take(self.order(.pending)) == .authorization("auth-1", pause: .zero))
        #expect(try issuance.take(self.authorization(.pending)) == .answer(.http, token: "token", url: "url-http-01"))
        #expect(try issuance.challengeAccepted() == .authorization("auth-1", pause: .milliseconds(250)))
        #expect(try issuance.take(self.authorization(.pending)) == .authorization("auth-1", pause: .milliseconds(500)))
        #expect(try issuance.take(self.authorization(.valid)) == .order(pause: .zero))
        #expect(try issuance.take(self.order(.pending)) == .order(pause: .milliseconds(250)))
        #expect(try issuance.take(self.order(.ready)) == .finalize("finalize"))
        #expect(try issuance.take(self.order(.processing), retryAfter: .seconds(3)) == .order(pause: .seconds(3)))
        #expect(try issuance.take(self.order(.valid, certificate: "certificate")) == .download("certificate"))
    }

    @Test("what is authorized already is not challenged again")
    func reuse() throws {
        var issuance = ACMEIssuance(types: [.http])
        #expect(try issuance.take(self.order(.ready)) == .finalize("finalize"))
        issuance = ACMEIssuance(types: [.http])
        #expect(try issuance.take(self.order(.pending, ["1", "2"])) == .authorization("1", pause: .zero))
        #expect(try issuance.take(self.authorization(.valid)) == .authorization("2", pause: .zero))
        #expect(try issuance.take(self.authorization(.valid)) == .order(pause: .zero))
    }

    @Test("the first kind of challenge that is offered and can be answered is taken")
    func choice() throws {
        var issuance = ACMEIssuance(types: [.tlsALPN, .http])
        _ = try issuance.take(self.order(.pending))
        #expect(
            try issuance.take(self.authorization(.pending)) == .answer(.tlsALPN, token: "token", url: "url-tls-alpn-01")
        )
        issuance = ACMEIssuance(types: [.tlsALPN, .http])
        _ = try issuance.take(self.order(.pending))
        let step = try issuance.take(self.authorization(.pending, ["http-01"]))
        #expect(step == .answer(.http, token: "token", url: "url-http-01"))
        issuance = ACMEIssuance(types: [.http])
        _ = try issuance.take(self.order(.pending))
        #expect(throws: ACMEFailure.self) { try issuance.take(self.authorization(.pending, ["dns-01"])) }
    }

    @Test("a token that is no base64url never becomes part of a path", arguments: [nil, "", "../a", "a b", "a\r\n"])
    func token(token: String?) throws {
        var issuance = ACMEIssuance(types: [.http])
        _ = try issuance.take(self.order(.pending))
        #expect(throws: ACMEFailure.self) { try issuance.take(self.authorization(.pending, token: token)) }
    }

    @Test(
        "a refusal ends it with the server's reason",
        arguments: [
            ACMEAuthorization.Status.invalid, .deactivated, .expired, .revoked,
        ]
    )
    func refused(status: ACMEAuthorization.Status) throws {
        let problem = ACMEProblem(type: "urn:ietf:params:acme:error:dns", detail: "no address", subproblems: nil)
        var issuance = ACMEIssuance(types: [.http])
        _ = try issuance.take(self.order(.pending))
        #expect(throws: ACMEFailure("a.example could not be validated: dns: no address")) {
            try issuance.take(self.authorization(status, error: problem))
        }
        #expect(throws: ACMEFailure("the order was refused: dns: no address")) {
            try issuance.take(self.order(.invalid, error: problem))
        }
    }

    @Test("a server that never comes to an end, or says what can't be, is left")
    func nonsense() throws {
        var issuance = ACMEIssuance(types: [.http])
        #expect(throws: ACMEFailure.self) { try issuance.challengeAccepted() }
        #expect(throws: ACMEFailure.self) { try issuance.take(self.order(.valid, certificate: "c")) }
        #expect(throws: ACMEFailure.self) { try issuance.take(self.order(.pending, [])) }
        #expect(throws: ACMEFailure.self) { try issuance.take(self.order(.pending, (0...10).map(String.init))) }
        #expect(throws: ACMEFailure.self) { try issuance.take(self.authorization(.valid)) }

        _ = try issuance.take(self.order(.ready))
        #expect(throws: ACMEFailure.self) { try issuance.take(self.order(.valid)) }
        var polls = 0
        #expect(throws: ACMEFailure("the server doesn't finish the order")) {
            while polls < 1000 {
                let step = try issuance.take(self.order(.processing), retryAfter: .seconds(1000))
                #expect(step == .order(pause: .seconds(30)))
                polls += 1
            }
        }
        #expect(polls == ACMEIssuance.maximumPolls)
    }

    @Test("the server's words are cut, and nothing in them is obeyed by a terminal")
    func problem() {
        let detail = "\u{1b}[31mred\r\n" + String(repeating: "x", count: 1000)
        let text = ACMEProblem(type: "urn:ietf:params:acme:error:malformed", detail: detail, subproblems: nil)
            .description
        #expect(text.hasPrefix("malformed: ?[31mred??x") && text.hasSuffix("x…") && text.count == 401)
        let nested = ACMEProblem(type: nil, detail: nil, subproblems: [.init(type: nil, detail: "no CAA")])
        #expect(nested.description == "error: no CAA")
    }
}
