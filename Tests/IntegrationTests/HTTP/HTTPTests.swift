import TestSupport
import Testing

@Suite("HTTP", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct HTTPTests {
    @Test("/derp without Upgrade is 426")
    func upgradeRequired() throws {
        let server = try ServerProcess(.plain)
        for headers in [[:], ["Connection": "Upgrade"], ["Upgrade": "h2c", "Connection": "Upgrade"]] {
            let response = try HTTPRequest("/derp", headers: headers).send(to: server)
            #expect(response.status == 426)
            #expect(response.text.contains("DERP requires connection upgrade"))
        }
    }

    @Test("Upgrade: DERP counts in any case", arguments: ["DERP", "derp", "Derp"])
    func upgradeCase(value: String) throws {
        let server = try ServerProcess(.plain)
        let headers = ["Upgrade": value, "Connection": "upgrade"]
        #expect(try HTTPRequest("/derp", headers: headers).send(to: server).status == 101)
    }

    @Test("Upgrade: websocket without the subprotocol is the old raw DERP upgrade")
    func oldUpgrade() throws {
        let server = try ServerProcess(.plain)
        let connection = try server.connect()
        try connection.write(HTTPRequest("/derp", headers: ["Upgrade": "websocket", "Connection": "Upgrade"]).encoded)
        _ = try DERPHandshake.readServerKey(from: connection, .upgrade)
    }

    @Test("Only exactly /derp upgrades", arguments: ["/", "/derp/", "/derp/x", "/DERP", "/derpx", "/derp/probe"])
    func otherPaths(path: String) throws {
        let server = try ServerProcess(.plain)
        let headers = ["Upgrade": "DERP", "Connection": "Upgrade"]
        #expect(try HTTPRequest(path, headers: headers).send(to: server).status != 101)
    }

    @Test("A query does not keep /derp from upgrading")
    func query() throws {
        let server = try ServerProcess(.plain)
        let headers = ["Upgrade": "DERP", "Connection": "Upgrade"]
        #expect(try HTTPRequest("/derp?x=1", headers: headers).send(to: server).status == 101)
    }

    @Test("Derp-Fast-Start counts only as 1", arguments: ["0", "true", "11", ""])
    func fastStartValue(value: String) throws {
        let server = try ServerProcess(.plain)
        let headers = ["Upgrade": "DERP", "Connection": "Upgrade", "Derp-Fast-Start": value]
        #expect(try HTTPRequest("/derp", headers: headers).send(to: server).status == 101)
    }

    @Test("Ideal-Node disturbs nothing")
    func idealNode() throws {
        let server = try ServerProcess(.plain)
        let headers = ["Upgrade": "DERP", "Connection": "Upgrade", "Ideal-Node": "1f"]
        #expect(try HTTPRequest("/derp", headers: headers).send(to: server).status == 101)
    }

    @Test("Probes answer GET and HEAD, for any origin", arguments: ["/derp/probe", "/derp/latency-check"])
    func probe(path: String) throws {
        let server = try ServerProcess()
        for method in ["GET", "HEAD"] {
            let response = try HTTPRequest(path, method: method).send(to: server)
            #expect(response.status == 200)
            #expect(response["Access-Control-Allow-Origin"] == "*")
        }
        for method in ["POST", "PUT", "DELETE", "BREW"] {
            let response = try HTTPRequest(path, method: method, headers: ["Content-Length": "0"]).send(to: server)
            #expect(response.status == 405)
            #expect(response.text.contains("bogus probe method"))
        }
    }

    @Test("/robots.txt keeps robots out")
    func robots() throws {
        let server = try ServerProcess()
        let response = try HTTPRequest("/robots.txt").send(to: server)
        #expect(response.status == 200)
        #expect(response.text.hasPrefix("User-agent: *\nDisallow: /"))
    }

    @Test("The home page is a page, protected")
    func homePage() throws {
        let server = try ServerProcess()
        let response = try HTTPRequest("/").send(to: server)
        #expect(response.status == 200)
        #expect(response.text.contains("DERP"))
        #expect(response["X-Content-Type-Options"] == "nosniff")
        #expect(response["X-Frame-Options"] == "DENY")
        #expect(response["Content-Security-Policy"] != nil)
        #expect(response["Strict-Transport-Security"] != nil)
        let head = try HTTPRequest("/", method: "HEAD").send(to: server)
        #expect(head.status == 200)
    }

    @Test("The home page may be blank or elsewhere")
    func otherHomePages() throws {
        let blank = try ServerProcess(ServerOptions.plain.with { $0.flags = ["-home", "blank"] })
        let response = try HTTPRequest("/").send(to: blank)
        #expect(response.status == 200)
        #expect(response.body.isEmpty)

        let url = "https://example.com/relay"
        let redirecting = try ServerProcess(ServerOptions.plain.with { $0.flags = ["-home", url] })
        let redirect = try HTTPRequest("/").send(to: redirecting)
        #expect(redirect.status == 302)
        #expect(redirect["Location"] == url)
    }

    @Test("An unknown path is 404 or the home page")
    func unknownPath() throws {
        let server = try ServerProcess()
        for path in ["/nothing", "/derp/nothing", "/%00", "/%2e%2e/etc", "/a?b=c"] {
            #expect([200, 400, 404].contains(try HTTPRequest(path).send(to: server).status))
        }
    }

    @Test("Without -derp the path does not relay")
    func relayOff() throws {
        let server = try ServerProcess(ServerOptions.plain.with { $0.flags = ["-derp=false"] })
        let response = try DERPHandshake.Start.upgrade.request.send(to: server)
        #expect(response.status == 404)
    }
}
