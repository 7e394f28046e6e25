import HTTPTypes
@_spi(Benchmarks) import DERPKit
import Testing

@Suite("HTTP pages")
struct HTTPRouterPageTests {
    private let request = RoutedRequest()

    @Test("The probes answer GET and HEAD, to any origin", arguments: ["/derp/probe", "/derp/latency-check"])
    func probes(path: String) throws {
        for method in ["GET", "HEAD"] {
            let reply = try self.request.reply("\(method) \(path)")
            #expect(reply.status.code == 200)
            #expect(reply.field("Access-Control-Allow-Origin") == "*")
            #expect(reply.body.isEmpty)
        }
        let reply = try self.request.reply("POST \(path)")
        #expect(reply.status.code == 405)
        #expect(reply.text == "bogus probe method\n")
        #expect(reply.field("Allow") == "GET, HEAD")
    }

    @Test("/generate_204 says nothing, and nobody may store it")
    func generate204() throws {
        let reply = try self.request.reply("GET /generate_204")
        #expect(reply.status.code == 204)
        #expect(reply.body.isEmpty)
        #expect(reply.field("Cache-Control")?.contains("no-store") == true)
        #expect(reply.field("X-Tailscale-Response") == nil)
        #expect(try self.request.reply("POST /generate_204").status.code == 405)
    }

    @Test(
        "/generate_204 echoes a challenge of at most 64 harmless characters",
        arguments: [
            ("ts_host.example-1:443", true), (String(repeating: "a", count: 64), true),
            (String(repeating: "a", count: 65), false), ("", false), ("a b", false), ("a/b", false), ("\u{e9}", false),
            ("a,b", false),
        ]
    )
    func challenge(challenge: String, isEchoed: Bool) throws {
        let reply = try self.request.reply("GET /generate_204", "X-Tailscale-Challenge: \(challenge)")
        #expect(reply.status.code == 204)
        #expect(reply.field("X-Tailscale-Response") == (isEchoed ? "response " + challenge : nil))
    }

    @Test("/robots.txt keeps robots away")
    func robots() throws {
        let reply = try self.request.reply("GET /robots.txt")
        #expect(reply.status.code == 200)
        #expect(reply.text == "User-agent: *\nDisallow: /\n")
        #expect(try self.request.reply("DELETE /robots.txt").field("Allow") == "GET, HEAD")
    }

    @Test("/ shows the standard page, a blank one, or leads elsewhere")
    func home() throws {
        var request = self.request
        let standard = try request.reply("GET /")
        #expect(standard.status.code == 200)
        #expect(standard.field("Content-Type") == "text/html; charset=utf-8")
        #expect(standard.text.hasPrefix("<!DOCTYPE html>"))
        #expect(standard.text.contains("DERP"))
        #expect(standard.text.utf8.count < 4_096)

        request.configuration.homePage = .blank
        #expect(try request.reply("GET /?x").status.code == 200)
        #expect(try request.reply("GET /").body.isEmpty)

        request.configuration.homePage = .redirect("https://example.com/about")
        #expect(try request.reply("GET /").status.code == 302)
        #expect(try request.reply("GET /").field("Location") == "https://example.com/about")
        #expect(try request.reply("POST /").status.code == 405)
    }

    @Test("A page of a server that does not relay does not say that it does")
    func homeWithoutRelay() throws {
        var request = self.request
        request.configuration.isRelayEnabled = false
        #expect(try request.reply("GET /").text != self.request.reply("GET /").text)
    }

    @Test(
        "Any other path is 404",
        arguments: [
            "/x", "/index.html", "/bootstrap-dns/", "/derpmap", "/derpmap/default/", "/metrics/", "/debug/", "//", "/.",
            "/.well-known/acme-challenge/x",
        ]
    )
    func unknown(path: String) throws {
        #expect(try self.request.reply("GET \(path)").status.code == 404)
    }

    @Test("CONNECT and OPTIONS * reach nothing")
    func noProxy() throws {
        #expect(try self.request.reply("CONNECT relay.test:443").status.code == 404)
        #expect(try self.request.reply("OPTIONS *").status.code == 404)
        #expect(try self.request.reply("OPTIONS /").status.code == 405)
    }

    @Test("Pages tell browsers what they may not do", arguments: ["/", "/robots.txt", "/nowhere", "/metrics"])
    func protection(path: String) throws {
        let reply = try self.request.reply("GET \(path)")
        #expect(reply.field("X-Content-Type-Options") == "nosniff")
        #expect(reply.field("X-Frame-Options") == "DENY")
        #expect(reply.field("Content-Security-Policy")?.contains("default-src 'none'") == true)
        #expect(reply.field("Content-Security-Policy")?.contains("frame-ancestors 'none'") == true)
    }

    @Test("Strict-Transport-Security goes out under TLS, and never in the clear (RFC 6797 §7.2)")
    func strictTransportSecurity() throws {
        var request = self.request
        #expect(try request.reply("GET /").field("Strict-Transport-Security")?.hasPrefix("max-age=") == true)
        request.isTLS = false
        #expect(try request.reply("GET /").field("Strict-Transport-Security") == nil)
    }
}
