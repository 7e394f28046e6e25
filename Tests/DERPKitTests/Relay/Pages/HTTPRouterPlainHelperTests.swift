import HTTPTypes
import IPAddresses
import Testing

@testable import DERPKit

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
        let request = RoutedRequest.plainHelper(
            tlsPort: port,
            hosts: ["other.test", "relay.test", "127.0.0.1", "[::1]"]
        )
        let reply = try request.reply("GET /", "Host: \(host)", version: "HTTP/1.0")
        #expect(reply.field("Location") == location)
    }

    @Test(
        "Nobody is sent to a host that isn't the server's own",
        arguments: [
            "evil.test", "relay.test.evil.test", "evil.test:80", "relay.tes", "127.0.0.2", "[::2]", "RELAY.TEST",
            "Relay.Test:8080",
        ]
    )
    func otherHost(host: String) throws {
        let request = RoutedRequest.plainHelper(hosts: ["relay.test", "other.test"])
        let reply = try request.reply("GET /a?b", "Host: \(host)", version: "HTTP/1.0")
        #expect(reply.field("Location") == "https://relay.test/a?b")
        let absolute = try request.reply("GET http://evil.test/x", "Host: \(host)", version: "HTTP/1.0")
        #expect(absolute.field("Location") == "https://relay.test/x")
    }

    @Test("The server's own hosts are those of its settings, else those of its certificates")
    func ownHosts() throws {
        func hosts(_ security: RelayServer.Configuration.Security, _ names: String...) -> [String] {
            var configuration = RelayServer.Configuration(
                privateKey: NodePrivateKey(),
                addresses: [],
                security: security
            )
            configuration.hostnames = names
            return configuration.ownHosts.map(\.host)
        }
        #expect(
            hosts(.none, "a.test", "2001:db8::1", "192.0.2.1", "no host", "") == [
                "a.test", "[2001:db8::1]", "192.0.2.1",
            ]
        )
        #expect(hosts(.none) == [])
        #expect(hosts(.certificates(try CertificateSet(hosts: ["b.test", "::1"]))) == ["b.test", "[::1]"])
        #expect(hosts(.tls(try .selfSigned(for: "c.test"))) == ["c.test"])
    }

    @Test("A request that names no host goes to the server's first, and nowhere when it knows of none")
    func noHost() throws {
        let named = try RoutedRequest.plainHelper(hosts: ["relay.test", "b.test"]).reply("GET /", version: "HTTP/1.0")
        #expect(named.field("Location") == "https://relay.test/")
        let nameless = RoutedRequest.plainHelper(hosts: [])
        #expect(try nameless.reply("GET /", version: "HTTP/1.0").status.code == 400)
        #expect(try nameless.reply("GET /", "Host: relay.test", version: "HTTP/1.0").status.code == 400)
    }

    @Test("Only GET and HEAD are led on")
    func methods() throws {
        let reply = try RoutedRequest.plainHelper().reply("POST /x")
        #expect(reply.status.code == 405)
        #expect(reply.field("Allow") == "GET, HEAD")
    }
}
