import Foundation
import TestSupport
import Testing

@Suite("A configured server", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct ConfigurationTests {
    private func region(of server: ServerProcess) throws -> [String: Any] {
        let map = try JSONSerialization.jsonObject(with: Data(HTTPRequest("/derpmap/default").send(to: server).body))
        let regions = try #require((map as? [String: Any])?["Regions"] as? [String: [String: Any]])
        return try #require(regions.values.first)
    }

    @Test("A file, variables and flags together make the server, flags before all")
    func layers() throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            "relay: {region_id: 901, region_code: file, region_name: File, home: blank, stun: true}\n",
            to: "derp.yaml"
        )
        let server = try ServerProcess(
            ServerOptions.plain.with {
                $0.variables = ["DERP_REGION_CODE": "variable", "DERP_REGION_NAME": "Variable", "DERP_STUN_PORT": "x"]
                $0.flags = ["--config", directory.file("derp.yaml").path, "--region-name", "Flag"]
            }
        )
        let region = try self.region(of: server)
        #expect(region["RegionID"] as? Int == 901 && region["RegionCode"] as? String == "variable")
        #expect(region["RegionName"] as? String == "Flag")
        #expect(try HTTPRequest("/").send(to: server).body.isEmpty)
    }

    @Test("headscale's configuration as it is makes headscale's embedded server")
    func headscale() throws {
        let directory = try TemporaryDirectory()
        let port = try PortReservation(.tcp)
        try directory.write(
            """
            server_url: http://127.0.0.1:\(port.port)
            listen_addr: 127.0.0.1:8080
            prefixes: {v4: 100.64.0.0/10}
            derp:
              server:
                enabled: true
                region_id: 999
                stun_listen_addr: "127.0.0.1:0"
                private_key_path: derp_server_private.key
                verify_clients: false
                ipv6: 2001:db8::1
            dns: {base_domain: example.com}
            """,
            to: "config.yaml"
        )
        port.release()
        let logs = try TemporaryDirectory()
        let process = try ChildProcess(
            [
                BuiltProducts.server, "--config", directory.file("config.yaml").path, "-certmode=none",
            ],
            directory: logs.url,
            name: "server"
        )
        try eventually("it serves") {
            guard !process.hasEnded else { throw KitError.closed("server ended:\n\(process.errors)") }
            return process.errors.contains("Serving")
        }
        let connection = try Connection(port: port.port, security: .plain)
        let map = try HTTPRequest("/derpmap/default").send(over: connection)
        let text = String(decoding: map.body, as: UTF8.self)
        #expect(text.contains("\"RegionCode\":\"headscale\"") && text.contains("\"DERPPort\":\(port.port)"))
        #expect(
            text.contains("\"RegionName\":\"Headscale Embedded DERP\"") && text.contains("\"IPv6\":\"2001:db8::1\"")
        )
        #expect(try directory.contents(of: "derp_server_private.key").contains("privkey:"))
        process.send(signal: SIGTERM)
        #expect(try process.waitForExit() == .code(0))
    }
}
