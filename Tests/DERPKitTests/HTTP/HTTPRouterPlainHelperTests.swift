import AsyncSockets
import DERPKit
import Testing

@Suite("The plain HTTP port beside TLS")
struct HTTPRouterPlainHelperTests {
    @Test("It serves the connectivity check and the map")
    func served() throws {
        let request = RoutedRequest.plainHelper()
        let reply = try request.reply("GET /generate_204", "X-Tailscale-Challenge: c")
        #expect(reply.status.code == 204)
        #expect(reply.field("X-Tailscale-Response") == "response c")
        guard case .derpMap(let page) = try request.outcome("GET /derpmap/default") else {
            Issue.record("no map")
            return
        }
        #expect(page.reply(body: []).field("Strict-Transport-Security") == nil)
    }

    @Test(
        "All else goes to https, the relay and the metrics too",
        arguments: [
            "/", "/derp", "/derp/probe", "/metrics", "/robots.txt", "/a/b?c=d&e", "/%0d%0aSet-Cookie:x", "//evil.test/",
        ]
    )
    func redirected(target: String) throws {
        var request = RoutedRequest.plainHelper()
        request.peer = .loopbackIPv4
        let reply = try request.reply("GET \(target)", "Upgrade: DERP", "Connection: Upgrade", "Derp-Fast-Start: 1")
        #expect(reply.status.code == 302)
        #expect(reply.field("Location") == "https://relay.test\(target)")
    }

    @Test(
        "The redirect names the TLS port, unless it is 443, and never the plain one",
        arguments: [
            (443, "relay.test", "https://relay.test/"), (443, "relay.test:80", "https://relay.test/"),
            (3443, "127.0.0.1:3480", "https://127.0.0.1:3443/"), (3443, "[::1]:3480", "https://[::1]:3443/"),
        ] as [(UInt16, String, String)]
    )
    func tlsPort(port: UInt16, host: String, location: String) throws {
        let reply = try RoutedRequest.plainHelper(tlsPort: port).reply("GET /", "Host: \(host)", version: "HTTP/1.0")
        #expect(reply.field("Location") == location)
    }

    @Test("A request that names no host goes to the one set for it, or nowhere")
    func noHost() throws {
        let named = try RoutedRequest.plainHelper(fallbackHost: "relay.test").reply("GET /", version: "HTTP/1.0")
        #expect(named.field("Location") == "https://relay.test/")
        #expect(try RoutedRequest.plainHelper().reply("GET /", version: "HTTP/1.0").status.code == 400)
        #expect(try RoutedRequest.plainHelper().reply("GET /", "Host:", version: "HTTP/1.0").status.code == 400)
    }

    @Test("Only GET and HEAD are led on")
    func methods() throws {
        let reply = try RoutedRequest.plainHelper().reply("POST /x")
        #expect(reply.status.code == 405)
        #expect(reply.field("Allow") == "GET, HEAD")
    }
}
