import DERPKit
import Testing

@testable import DERPServer

@Suite("headscale's configuration")
struct HeadscaleConfigurationTests {
    @Test("an embedded server's settings are taken, and what isn't there has headscale's default")
    func embedded() throws {
        let settings = try Configured(
            """
            server_url: https://headscale.relays.test
            listen_addr: 127.0.0.1:8080
            noise: {private_key_path: noise.key}
            derp:
              server:
                enabled: true
                private_key_path: derp_server_private.key
                ipv4: 192.0.2.1
                ipv6: ""
              urls:
                - https://controlplane.relays.test/derpmap/default
              paths: []
            """
        )
        let taken = try settings.settings()
        #expect(taken.hostname == "headscale.relays.test" && taken.listen == ListenAddress(host: "", port: 443))
        #expect(taken.stun?.address == ListenAddress(host: "", port: 3478))
        #expect(
            taken.region
                == RegionSettings(
                    id: 999,
                    code: "headscale",
                    name: "Headscale Embedded DERP",
                    port: 443,
                    ipv4: "192.0.2.1"
                )
        )
        #expect(taken.keyFile == settings.path.replacing("derp.yaml", with: "derp_server_private.key"))
        #expect(taken.sources.sharedWithHeadscale.isSuperset(of: [Flag[\.general.keyFile], Flag[\.listening.address]]))
        #expect(taken.admission.controllers == ["https://headscale.relays.test/verify"])
        #expect(!taken.admission.controllersFailOpen)
        #expect(taken.mapSources.urls == ["https://controlplane.relays.test/derpmap/default"])
        #expect(taken.mapSources.includesOwnRegion && taken.mapSources.updateInterval == .seconds(3 * 3600))
        #expect(taken.sources.notices.isEmpty)
    }

    @Test("every key counts, and relay: outweighs it")
    func everything() throws {
        let text = """
            server_url: https://headscale.relays.test:8443/
            derp:
              server:
                enabled: true
                region_id: 910
                region_code: home
                region_name: At home
                verify_clients: false
                stun_listen_addr: 127.0.0.2:3479
                private_key_path: /keys/derp
                automatically_add_embedded_derp_region: false
                ipv4: none
                ipv6: 2001:db8::7
              paths: [/etc/headscale/derp.yaml]
              auto_update_enabled: false
              update_frequency: 1h
            """
        let taken = try Configured(text).settings()
        #expect(taken.listen == ListenAddress(host: "", port: 8443))
        #expect(
            taken.stun
                == STUNSettings(address: .init(host: "127.0.0.2", port: 3479), flag: Flag[\.listening.stunAddress])
        )
        #expect(taken.ownRegion.nodes.first?.stunPort == 3479)
        #expect(taken.keyFile == "/keys/derp" && taken.admission.controllers.isEmpty)
        #expect(
            taken.region
                == RegionSettings(id: 910, code: "home", name: "At home", port: 8443, ipv4: "none", ipv6: "2001:db8::7")
        )
        #expect(!taken.mapSources.includesOwnRegion && taken.mapSources.updateInterval == .zero)
        #expect(taken.mapSources.paths == ["/etc/headscale/derp.yaml"])

        let ours = try Configured(text + "\nrelay: {region_code: ours, map_path: [], stun_port: 3480}").settings()
        #expect(ours.region.id == 910 && ours.region.code == "ours" && ours.mapSources.paths.isEmpty)
        #expect(ours.stun?.address == ListenAddress(host: "127.0.0.2", port: 3480))
    }

    /// A file that says where headscale's embedded server answers STUN.
    private static func answering(at address: String) -> String {
        "server_url: https://h.relays.test\nderp: {server: {enabled: true, stun_listen_addr: \"\(address)\"}}\n"
    }

    @Test(
        "STUN listens where headscale's does, wherever -a has the relay listen",
        arguments: [
            ("0.0.0.0:3478", "0.0.0.0:3478", true), ("[::]:3479", "[::]:3479", true), (":3478", ":3478", true),
            ("192.0.2.7:3478", "192.0.2.7:3478", false), ("[2001:db8::7]:3480", "[2001:db8::7]:3480", false),
            ("stun.relays.test:3478", "stun.relays.test:3478", false),
        ]
    )
    func stunAddress(written: String, address: String, isEvery: Bool) throws {
        let behind = try Configured(Self.answering(at: written)).settings("-a=127.0.0.1:8081", "-certmode=none")
        #expect(behind.stun?.address.description == address && behind.stun?.address.isEvery == isEvery)
        #expect(behind.listen == ListenAddress(host: "127.0.0.1", port: 8081))
    }

    @Test("what is said of STUN elsewhere prevails, and is no contradiction to headscale's file")
    func otherSTUN() throws {
        let file = try Configured(Self.answering(at: "192.0.2.7:3479"))
        #expect(try file.settings("-stun=false").stun == nil)
        #expect(try file.settings("-stun-port=3480").stun?.address.description == "192.0.2.7:3480")
        #expect(try file.settings(variables: ["DERP_STUN_PORT": "3480"]).stun?.address.description == "192.0.2.7:3480")
        #expect(try file.settings("--stun-listen=:3481").stun?.address.description == ":3481")
        #expect(try file.settings("--stun-listen=").stun?.address.description == ":3478")
        // A host of ours has STUN where it was told, but not headscale's ports.
        #expect(try file.settings("-hostname=x.relays.test").stun?.address.description == "192.0.2.7:3479")
        #expect(try file.settings("-dev").stun?.address.description == "127.0.0.1:3479")
        #expect(try file.settings("-dev", "-stun-port=3480").stun?.address.description == "127.0.0.1:3480")
        #expect(throws: UsageError("-stun-port is 0…65535, not \"x\"")) { try file.settings("-stun-port=x") }
    }

    @Test(
        "what is wrong with headscale's address for STUN is reported with its line",
        arguments: ["3478", "::1:3478", "x"]
    )
    func wrongSTUN(address: String) throws {
        let file = try Configured("derp:\n  server:\n    enabled: true\n    stun_listen_addr: \"\(address)\"\n")
        #expect(throws: UsageError("derp.yaml:4: stun_listen_addr is ip:port, such as 0.0.0.0:3478")) {
            try file.settings("-hostname=x.relays.test")
        }
    }

    @Test("a key that headscale's file names is headscale's, unless another is named")
    func keyFile() throws {
        let text = "derp: {server: {enabled: true, verify_clients: false, private_key_path: /keys/derp}}\n"
        func isHeadscales(_ settings: ServerSettings) -> Bool {
            settings.sources.sharedWithHeadscale.contains(Flag[\.general.keyFile])
        }
        #expect(isHeadscales(try Configured(text).settings()))
        #expect(!isHeadscales(try Configured(text).settings("-c=/keys/derp")))
        #expect(!isHeadscales(try Configured(text).settings(variables: ["DERP_KEY_FILE": "/k"])))
        #expect(!isHeadscales(try Configured(text + "relay: {key_file: /k}").settings()))
        let other = text.replacing(", private_key_path: /keys/derp", with: "")
        #expect(!isHeadscales(try Configured(other).settings()))
        #expect(!isHeadscales(try Configured(text.replacing("enabled: true", with: "enabled: false")).settings()))
    }

    @Test("behind a proxy the relay listens elsewhere, but the map says where clients reach it")
    func proxy() throws {
        let text = "server_url: https://h.relays.test\nderp: {server: {enabled: true}}\n"
        let behind = try Configured(text).settings("-a=127.0.0.1:8081", "-certmode=none")
        #expect(behind.listen.port == 8081 && behind.ownRegion.nodes.first?.derpPort == 0)
        #expect(behind.ownRegion.nodes.first?.hostName == "h.relays.test")
        // Nobody reaches it on the proxy's loopback.
        #expect(behind.ownRegion.nodes.first?.ipv4 == "")
        // Another host has ports of its own.
        let other = try Configured(text + "relay: {hostname: derp.relays.test, a: \":8443\"}").settings()
        #expect(other.ownRegion.nodes.first?.derpPort == 8443 && other.listen.port == 8443)
        #expect(try Configured(text).settings("-hostname=x.relays.test").region.port == nil)
    }

    @Test(
        "without an embedded server there is no region of ours, as in headscale; other settings are reported as unused"
    )
    func disabled() throws {
        for text in ["derp: {urls: []}", "derp: {server: {enabled: false, region_id: 5}}", "derp:\n  server:\n"] {
            let taken = try Configured(text).settings()
            #expect(!taken.mapSources.includesOwnRegion && taken.region.id == 900, "\(text)")
            #expect(taken.admission.controllers.isEmpty && taken.sources.notices.isEmpty)
        }
        let unmeant = try Configured("derp:\n  server:\n    region_id: 5\n").settings()
        #expect(unmeant.sources.notices.map(\.description).first?.contains("without enabled: true") == true)
        #expect(
            try Configured("derp: {urls: []}\nrelay: {map_own_region: true}").settings().mapSources.includesOwnRegion
        )
        #expect(try Configured("relay: {}").settings().mapSources.includesOwnRegion)
    }
}
