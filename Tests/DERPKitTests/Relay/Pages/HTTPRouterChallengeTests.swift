import HTTPTypes
import DERPKit
import Testing

@Suite("Challenges of ACME servers")
struct HTTPRouterChallengeTests {
    @Test(
        "A token on the plain port may have an answer; without one the request is redirected",
        arguments: ["GET", "HEAD"]
    )
    func token(method: String) throws {
        let outcome = try RoutedRequest.plainHelper().outcome("\(method) /.well-known/acme-challenge/A-z_09")
        guard case .challenge(let token, let otherwise) = outcome else { throw UnexpectedOutcome(outcome: outcome) }
        #expect(token == "A-z_09")
        #expect(otherwise.field("Location") == "https://relay.test/.well-known/acme-challenge/A-z_09")
    }

    @Test(
        "What is no token is redirected as all else",
        arguments: [
            "GET /.well-known/acme-challenge/", "GET /.well-known/acme-challenge/a/b",
            "GET /.well-known/acme-challenge/a.b",
            "GET /.well-known/acme-challenge/%41", "GET /.well-known/acme-challenge",
            "GET /.well-known/acme-challenge/" + String(repeating: "a", count: 257),
        ]
    )
    func noToken(line: String) throws {
        #expect(try RoutedRequest.plainHelper().reply(line).status.code == 302)
    }

    @Test("Nothing is posted there")
    func post() throws {
        let reply = try RoutedRequest.plainHelper().reply("POST /.well-known/acme-challenge/a", "Content-Length: 0")
        #expect(reply.status.code == 405)
    }
}
