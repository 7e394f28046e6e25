import Foundation
import TestSupport
import Testing

@Suite("/bootstrap-dns", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct BootstrapDNSTests {
    private func names(_ server: ServerProcess, _ path: String = "/bootstrap-dns") throws -> [String: [String]] {
        let response = try HTTPRequest(path).send(to: server)
        #expect(response.status == 200 && response["Content-Type"] == "application/json")
        guard !response.body.isEmpty else { return [:] }
        return try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: [String]])
    }

    @Test("Names of the map and of flags are published, the unpublished ones on request only")
    func told() throws {
        let server = try ServerProcess(
            ServerOptions.plain.with {
                $0.hostname = "relay.relays.invalid"
                $0.flags = [
                    "--ipv4=192.0.2.1", "--ipv6=2001:db8::1", "-unpublished-bootstrap-dns-names", "localhost,x.invalid",
                ]
            }
        )
        try eventually("the names are looked up") { try self.names(server).count == 1 }
        #expect(Set(try self.names(server)["relay.relays.invalid"] ?? []) == ["192.0.2.1", "2001:db8::1"])
        let asked = try self.names(server, "/bootstrap-dns?q=localhost")
        #expect(asked.count == 1 && asked["localhost"]?.contains("127.0.0.1") == true)
        #expect(try self.names(server, "/bootstrap-dns?q=x.invalid").keys.first == "relay.relays.invalid")
        #expect(try HTTPRequest("/bootstrap-dns", method: "POST").send(to: server).status == 405)
        #expect(try MetricsReading(of: server).total("derp_bootstrap_dns_names") == 2)
    }

    @Test("A relay known by its address alone has nothing to tell")
    func nothing() throws {
        let response = try HTTPRequest("/bootstrap-dns").send(to: ServerProcess(.plain))
        #expect(response.status == 200 && response.body.isEmpty)
    }
}
