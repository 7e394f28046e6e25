import TestSupport
import Testing

@Suite("/generate_204", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct CaptivePortalTests {
    /// Where the path is served.
    enum Place: CaseIterable, Sendable {
        case relay, helper

        func send(_ request: HTTPRequest, to server: ServerProcess) throws -> HTTPResponse {
            switch self {
            case .relay: try request.send(to: server)
            case .helper: try request.send(toHelperOf: server)
            }
        }
    }

    @Test("204, never stored", arguments: Place.allCases)
    func answer(place: Place) throws {
        let server = try ServerProcess(ServerOptions(hasHelperPort: true))
        let response = try place.send(HTTPRequest("/generate_204"), to: server)
        #expect(response.status == 204)
        #expect(response["Cache-Control"]?.contains("no-store") == true)
        #expect(response["X-Tailscale-Response"] == nil)
    }

    @Test(
        "A challenge is echoed",
        arguments: Place.allCases,
        ["a", "ts_derp.example.com", "AZaz09._:-", String(repeating: "x", count: 64)]
    )
    func challenge(place: Place, challenge: String) throws {
        let server = try ServerProcess(ServerOptions(hasHelperPort: true))
        let request = HTTPRequest("/generate_204", headers: ["X-Tailscale-Challenge": challenge])
        let response = try place.send(request, to: server)
        #expect(response.status == 204)
        #expect(response["X-Tailscale-Response"] == "response \(challenge)")
    }

    @Test(
        "A challenge that is too long or holds another character is not echoed",
        arguments: Place.allCases,
        ["", "a b", "a/b", "<x>", "a\u{e9}", "a,b", String(repeating: "x", count: 65)]
    )
    func badChallenge(place: Place, challenge: String) throws {
        let server = try ServerProcess(ServerOptions(hasHelperPort: true))
        let request = HTTPRequest("/generate_204", headers: ["X-Tailscale-Challenge": challenge])
        let response = try place.send(request, to: server)
        #expect(response["X-Tailscale-Response"] == nil)
        #expect([204, 400].contains(response.status))
    }
}
