import HTTPTypes
import IPAddresses
import DERPKit
import Testing

@Suite("/metrics and /derpmap/default")
struct HTTPRouterLivePageTests {
    private var local: RoutedRequest {
        var request = RoutedRequest()
        request.peer = .loopbackIPv4
        return request
    }

    @Test(
        "Loopback and debug networks may read the metrics, mapped addresses too",
        arguments: [
            ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("::ffff:127.0.0.1", true), ("192.0.2.1", false),
            ("10.1.2.3", true), ("::ffff:10.1.2.3", true), ("11.0.0.1", false), ("fd00::1", true), ("fe00::1", false),
            ("100.64.0.1", false),
        ]
    )
    func whoReadsMetrics(peer: String, isAllowed: Bool) throws {
        var request = RoutedRequest()
        request.configuration.debugNetworks = ["10.0.0.0/8", "fd00::/8"].compactMap { IPNetwork($0) }
        request.peer = try #require(IPAddress(peer))
        switch try request.outcome("GET /metrics") {
        case .metrics: #expect(isAllowed)
        case .respond(let reply): #expect(!isAllowed && reply.status.code == 403)
        case let other: Issue.record("\(other)")
        }
    }

    @Test("Without TLS loopback is like anybody else, as a proxy's clients may seem to be there")
    func withoutTLS() throws {
        var request = self.local
        request.isTLS = false
        #expect(try request.reply("GET /metrics").status.code == 403)
        request.configuration.debugNetworks = ["127.0.0.1"].compactMap { IPNetwork($0) }
        guard case .metrics = try request.outcome("GET /metrics") else {
            Issue.record("no metrics")
            return
        }
        #expect(try request.reply("GET /metrics", "X-Forwarded-For: 127.0.0.1").status.code == 403)
    }

    @Test(
        "Nobody reads the metrics through a proxy",
        arguments: [
            "X-Forwarded-For: 127.0.0.1", "x-forwarded-for:", "X-Real-IP: 127.0.0.1", "Forwarded: for=127.0.0.1",
            "Via: 1.1 proxy", "X-Forwarded-Host: a", "X-Forwarded-Proto: https",
        ]
    )
    func proxied(field: String) throws {
        #expect(try self.local.reply("GET /metrics", field).status.code == 403)
    }

    @Test("The metrics are Prometheus text that nobody stores")
    func metrics() throws {
        guard case .metrics(let page) = try self.local.outcome("HEAD /metrics") else {
            Issue.record("no metrics")
            return
        }
        let reply = page.reply(body: Array("up 1\n".utf8))
        #expect(reply.status.code == 200)
        #expect(reply.text == "up 1\n")
        #expect(reply.field("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
        #expect(reply.field("Cache-Control") == "no-store")
        #expect(reply.field("X-Content-Type-Options") == "nosniff")
        #expect(reply.field("Strict-Transport-Security") != nil)
        #expect(try self.local.reply("POST /metrics").status.code == 405)
    }

    @Test("The map is JSON, under GET and HEAD only")
    func derpMap() throws {
        guard case .derpMap(let page) = try RoutedRequest().outcome("GET /derpmap/default") else {
            Issue.record("no map")
            return
        }
        let reply = page.reply(body: Array("{}".utf8), entityTag: "\"1\"")
        #expect(reply.status.code == 200)
        #expect(reply.text == "{}")
        #expect(reply.field("Content-Type") == "application/json")
        #expect(reply.field("ETag") == "\"1\"")
        let post = try RoutedRequest().reply("POST /derpmap/default")
        #expect(post.status.code == 405)
        #expect(post.field("Allow") == "GET, HEAD")
    }

    @Test(
        "A client that has the map gets 304 (RFC 9110 §13.1.2)",
        arguments: [
            ("\"1\"", true), ("W/\"1\"", true), ("\"0\", \"1\"", true), ("*", true), ("\"2\"", false), ("1", false),
            ("", false),
        ]
    )
    func notModified(tags: String, isKnown: Bool) throws {
        guard case .derpMap(let page) = try RoutedRequest().outcome("GET /derpmap/default", "If-None-Match: \(tags)")
        else {
            Issue.record("no map")
            return
        }
        #expect(page.isKnown(entityTag: "\"1\"") == isKnown)
        let reply = page.reply(body: Array("{}".utf8), entityTag: "\"1\"")
        #expect(reply.status.code == (isKnown ? 304 : 200))
        #expect(reply.body.isEmpty == isKnown)
        #expect(reply.field("ETag") == "\"1\"")
        #expect(page.reply(body: Array("{}".utf8)).status.code == 200)
    }

    @Test("/bootstrap-dns is JSON, and is asked by its query")
    func bootstrapDNS() throws {
        guard
            case .bootstrapDNS(let page, "q=a.example") = try RoutedRequest().outcome("GET /bootstrap-dns?q=a.example")
        else {
            Issue.record("no page")
            return
        }
        #expect(page.reply(body: []).field("Content-Type") == "application/json")
        #expect(try RoutedRequest().reply("PUT /bootstrap-dns").status.code == 405)
    }

    @Test("A server without a region has no map")
    func noRegion() throws {
        var request = RoutedRequest()
        request.configuration.region = nil
        #expect(try request.reply("GET /derpmap/default").status.code == 404)
    }
}
