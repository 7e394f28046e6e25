import Logging
import DERPKit
import Foundation
import Testing

@testable import DERPServer

@Suite("Configuration files")
struct ConfigurationFileTests {
    @Test("relay: sets what flags set, under the same names with either sign between the words")
    func relay() throws {
        let settings = try Configured(
            """
            # A comment.
            relay:
              address: 192.0.2.1:8443
              key_file: /keys/derper.key
              hostname: derp.example.com
              certmode: none
              http-port: -1
              stun: false
              region_id: 901
              region-name: "901"
              ipv4:
              tcp_write_timeout: 500ms
              loops: 3
              map_url: [https://a.example/map, "https://b.example/map"]
              map_path: /etc/derp.yaml
              debug_allow:
                - 10.0.0.0/8
                - fd00::/8,192.0.2.9
              verify_client_url: https://c.example/verify
              reverify_interval: 0
            """
        ).settings()
        #expect(settings.listen == ListenAddress(host: "192.0.2.1", port: 8443))
        #expect(settings.keyFile == "/keys/derper.key" && settings.hostname == "derp.example.com")
        #expect(settings.transport == .plain && settings.stun == nil && settings.loopCount == 3)
        #expect(settings.region == RegionSettings(id: 901, code: "derp", name: "901"))
        #expect(settings.writeTimeout == .milliseconds(500))
        #expect(settings.mapSources.urls == ["https://a.example/map", "https://b.example/map"])
        #expect(settings.mapSources.paths == ["/etc/derp.yaml"])
        #expect(settings.debugNetworks.map(\.description) == ["10.0.0.0/8", "fd00::/8", "192.0.2.9/32"])
        #expect(settings.admission.controllers == ["https://c.example/verify"])
        #expect(settings.sources.notices.isEmpty)
    }

    @Test("flags beat variables, which beat the file, which beats defaults; lists are replaced whole")
    func precedence() throws {
        let file = try Configured(
            "relay: {region_id: 901, region_code: file, region_name: File, loops: 2, map_path: [/a, /b], home: blank}"
        )
        let variables = [
            "DERP_REGION_CODE": "variable", "DERP_REGION_NAME": "Variable", "DERP_MAP_PATH": "/c  /d",
            "DERP_LOOPS": "",
        ]
        let settings = try file.settings("--region-name=Flag", "-home=", variables: variables)
        #expect(settings.region == RegionSettings(id: 901, code: "variable", name: "Flag"))
        #expect(settings.mapSources.paths == ["/c", "/d"] && settings.loopCount == 2)
        #expect(settings.homePage == .standard && settings.listen.port == 443)
        #expect(
            try file.settings("--map-path", "/e", "--map-path=/f", variables: variables).mapSources.paths == [
                "/e", "/f",
            ]
        )
        #expect(try file.settings("--map-path=", variables: variables).mapSources.paths.isEmpty)
    }

    @Test("every flag that can be in a file is found by its key and by its variable, and no other")
    func names() throws {
        for flag in Flag.all where flag.isConfigurable {
            #expect(Flag.named(key: flag.key)?.name == flag.name)
            #expect(Flag.named(key: flag.name)?.name == flag.name)
        }
        for key in ["config", "version", "check_config", "help", "Stun", "STUN", ""] {
            #expect(Flag.named(key: key) == nil, "\(key)")
        }
        // A value that may stand for anything, so that only types of flags matter.
        for flag in Flag.all where flag.isConfigurable && flag.support == .supported {
            let value = flag.kind == .boolean ? "true" : "x1"
            let configured = try Configured("relay: {\(flag.key): \(value)}")
            let file = try withExtendedLifetime(configured) { try ConfigurationFile(path: configured.path) }
            #expect(file.relay.map(\.flag.name) == [flag.name])
            let variables = try EnvironmentSettings(["DERP_" + flag.key.uppercased(): value])
            #expect(variables.settings.map(\.flag.name) == [flag.name])
        }
    }

    @Test("variables that belong to no setting are reported and ignored")
    func unknownVariables() throws {
        let variables = [
            "DERP_PORT": "tcp://10.0.0.1:443", "DERP_VERSION": "1.0", "DERP_home": "blank", "DERP_HOME": "blank",
        ]
        let settings = try Configured("relay: {certmode: none}").settings(variables: variables)
        #expect(settings.homePage == .blank)
        #expect(settings.sources.notices.count == 3)
        #expect(settings.sources.notices.allSatisfy { $0.level == .warning && $0.description.contains("DERP_") })
    }

    @Test("DERP_CONFIG names the file, and is named when that can't be read")
    func variableForFile() throws {
        let configured = try Configured("relay: {certmode: none}")
        let environment = HostEnvironment(isRoot: true, hostname: "m", variables: ["DERP_CONFIG": configured.path])
        guard case .serve(let settings) = CommandLineRequest([], in: environment) else {
            Issue.record("must serve")
            return
        }
        #expect(settings.transport == .plain)
        let missing = HostEnvironment(isRoot: true, hostname: "m", variables: ["DERP_CONFIG": "/nonexistent"])
        guard case .refuse(let error) = CommandLineRequest([], in: missing) else {
            Issue.record("must refuse")
            return
        }
        #expect(error.description == "DERP_CONFIG: --config: can't read /nonexistent: no such file or directory")
    }

    @Test(
        "a wrong value is reported with the variable that has it",
        arguments: [
            ("DERP_STUN_PORT", "x", "DERP_STUN_PORT: -stun-port is 0…65535, not \"x\""),
            ("DERP_STUN", "maybe", "DERP_STUN: -stun is true or false, not \"maybe\""),
            ("DERP_A", "443", "DERP_A: -a is :port, ip:port, [ipv6]:port or name:port, not \"443\""),
            ("DERP_TCP_WRITE_TIMEOUT", "2", "DERP_TCP_WRITE_TIMEOUT: -tcp-write-timeout is a time such as"),
            ("DERP_DEBUG_ALLOW", "10.0.0.0/8 x", "DERP_DEBUG_ALLOW: --debug-allow takes networks such as"),
            ("DERP_SECRETS_URL", "https://x", "DERP_SECRETS_URL: -secrets-url concerns Tailscale's own"),
            ("DERP_VERIFY_CLIENT_URL", "https://u:secret@h/", "DERP_VERIFY_CLIENT_URL: -verify-client-url is an http"),
        ]
    )
    func wrongVariable(name: String, text: String, message: String) throws {
        let error = #expect(throws: UsageError.self) {
            try Configured("relay: {certmode: none}").settings(variables: [name: text])
        }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("secret@") == false)
    }

    @Test("two variables for one setting are refused")
    func twice() {
        #expect(throws: UsageError("DERP_A and DERP_ADDRESS are the same setting")) {
            try Configured("relay: {}").settings(variables: ["DERP_A": ":1", "DERP_ADDRESS": ":2"])
        }
    }
}
