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

    /// A tab of headscale's documentation of the DERP map.
    struct Tab: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// `config.yaml`, with `URL` and `FILE` for the sources.
        let configuration: String
        let file: String
        let map: String
    }

    private static let tabs = [
        Tab(
            testDescription: "Remove specific DERP regions",
            configuration: """
                derp:
                  server:
                    enabled: false
                  urls:
                    - URL
                  paths:
                    - FILE
                """,
            file: "regions:\n  1: null\n",
            map: """
                {"Regions":{"2":{"Nodes":[{"HostName":"derp2.relays.test","Name":"2a","RegionID":2}],\
                "RegionCode":"sfo","RegionID":2,"RegionName":"San Francisco"}}}
                """
        ),
        Tab(
            testDescription: "Provide custom DERP servers",
            configuration: """
                derp:
                  server:
                    enabled: false
                  urls: []
                  paths:
                    - FILE
                """,
            file: """
                regions:
                  900:
                    regionid: 900
                    regioncode: custom-east
                    regionname: My region (east)
                    nodes:
                      - name: 900a
                        regionid: 900
                        hostname: derp900a.example.com
                        ipv4: 198.51.100.1
                        ipv6: 2001:db8::1
                        canport80: true
                """,
            map: """
                {"Regions":{"900":{"Nodes":[{"CanPort80":true,"HostName":"derp900a.example.com",\
                "IPv4":"198.51.100.1","IPv6":"2001:db8::1","Name":"900a","RegionID":900}],\
                "RegionCode":"custom-east","RegionID":900,"RegionName":"My region (east)"}}}
                """
        ),
        Tab(
            testDescription: "Enable embedded DERP, and remove Tailscale's",
            configuration: """
                derp:
                  server:
                    enabled: true
                    ipv4: 198.51.100.1
                    ipv6: 2001:db8::1
                    verify_clients: false
                  urls: []
                """,
            file: "",
            map: """
                {"Regions":{"999":{"Nodes":[{"DERPPort":PORT,"HostName":"127.0.0.1","IPv4":"198.51.100.1",\
                "IPv6":"2001:db8::1","Name":"999a","RegionID":999,"STUNPort":-1}],\
                "RegionCode":"headscale","RegionID":999,"RegionName":"Headscale Embedded DERP"}}}
                """
        ),
    ]

    @Test("headscale's documented maps are served as headscale serves them", arguments: tabs)
    func documented(tab: Tab) throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            """
            {"Regions":{"1":{"RegionID":1,"RegionCode":"nyc","RegionName":"New York","Nodes":[\
            {"Name":"1a","RegionID":1,"HostName":"derp1.relays.test"}]},\
            "2":{"RegionID":2,"RegionCode":"sfo","RegionName":"San Francisco","Nodes":[\
            {"Name":"2a","RegionID":2,"HostName":"derp2.relays.test"}]}}}
            """,
            to: "public.json"
        )
        let publisher = try ServerProcess(
            ServerOptions.plain.with {
                $0.flags = ["--map-path", directory.file("public.json").path, "--map-own-region=false"]
            }
        )
        try directory.write(tab.file, to: "derp.yaml")
        let configuration = tab.configuration
            .replacing("URL", with: "http://127.0.0.1:\(publisher.port)/derpmap/default")
            .replacing("FILE", with: directory.file("derp.yaml").path)
        try directory.write(configuration, to: "config.yaml")
        let server = try ServerProcess(
            ServerOptions.plain.with { $0.flags = ["--config", directory.file("config.yaml").path, "--map-cache="] }
        )
        try eventually("all is fetched") {
            try MetricsReading(of: server).total("derp_map_pending_sources") == 0
        }
        let map = try HTTPRequest("/derpmap/default").send(to: server)
        #expect(String(decoding: map.body, as: UTF8.self) == tab.map.replacing("PORT", with: "\(server.port)"))
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
                "-a", "127.0.0.1:\(port.port)",
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
        // As headscale reads it.
        let key = try directory.contents(of: "derp_server_private.key")
        #expect(key.hasPrefix("privkey:") && key.utf8.count == 8 + 64)
        #expect(try directory.permissions(of: "derp_server_private.key") == 0o600)
        process.send(signal: SIGTERM)
        #expect(try process.waitForExit() == .code(0))
    }
}
