import TestSupport
import Testing

@Suite("Plain helper port", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct HelperPortTests {
    @Test("Everything else is sent to https", arguments: ["/", "/derp/probe", "/some/path?and=query"])
    func redirect(path: String) throws {
        let server = try ServerProcess(ServerOptions(hasHelperPort: true))
        let response = try HTTPRequest(path).send(toHelperOf: server)
        #expect(response.status == 302)
        let location = try #require(response["Location"])
        #expect(location.hasPrefix("https://127.0.0.1"))
        #expect(location.hasSuffix(path))
    }

    @Test(
        "It sends nobody to a host that isn't the server's own",
        arguments: ["evil.example", "evil.example:80", "other.test", "OTHER.test:8080", "127.0.0.1"]
    )
    func otherHost(host: String) throws {
        let server = try ServerProcess(
            ServerOptions().with {
                $0.hostname = "127.0.0.1,other.test"
                $0.hasHelperPort = true
            }
        )
        var request = HTTPRequest("/x")
        request.headers = [("Host", host)]
        let response = try request.send(toHelperOf: server)
        let expected = host.lowercased().hasPrefix("other.test") ? "other.test" : "127.0.0.1"
        #expect(response.status == 302 && response["Location"] == "https://\(expected):\(server.port)/x")
    }

    @Test("It never relays")
    func noRelay() throws {
        let server = try ServerProcess(ServerOptions(hasHelperPort: true))
        for start in DERPHandshake.Start.allCases {
            let response = try start.request.send(toHelperOf: server)
            #expect(response.status != 101)
            #expect(response["Derp-Public-Key"] == nil)
        }
    }

    @Test("It shows no metrics")
    func noMetrics() throws {
        let server = try ServerProcess(ServerOptions(hasHelperPort: true))
        #expect(try HTTPRequest("/metrics").send(toHelperOf: server).status != 200)
    }

    @Test("A redirect puts nothing of the request into a header line of its own")
    func injection() throws {
        let server = try ServerProcess(ServerOptions(hasHelperPort: true))
        var request = HTTPRequest("/x")
        request.headers = [("Host", "evil.example\rX-Evil: 1")]
        let connection = try Connection(port: server.ports.helper, security: .plain)
        if let response = try? request.send(over: connection) {
            #expect(response["X-Evil"] == nil)
            #expect(response["Location"]?.contains("\r") != true)
        }
        #expect(try HTTPRequest("/generate_204").send(toHelperOf: server).status == 204)
    }
}
