import Testing

@testable import DERPServer

@Suite("Flags that need others")
struct FlagNeedTests {
    /// Flags that count for something whatever the others say, or of which another place says what they need.
    private static let independent: Set<String> = [
        "dev", "stun", "home", "version", "tcp-keepalive-time", "tcp-user-timeout", "loops", "busy-poll", "gather-time",
        "debug-allow", "log-level",
        "allow-file", "deny-file", "map-url", "map-path", "bootstrap-dns-names",
        "unpublished-bootstrap-dns-names", "config", "check-config", "accept-connection-limit", "max-pending",
        "login-timeout", "queue-memory",
        "max-connections-per-ip", "trusted-proxies", "takeover", "stun-listen",
        // Refused in any case.
        "secrets-url", "secrets-path-prefix", "secrets-cache-dir", "ace",
    ]

    @Test("every flag has needs, or is known to need nothing")
    func complete() {
        let free = Flag.all.filter(\.needs.isEmpty).map(\.name)
        #expect(Set(free).symmetricDifference(Self.independent) == [])
    }

    private func request(_ arguments: [String], _ variables: [String: String] = [:]) -> CommandLineRequest {
        let environment = HostEnvironment(
            isRoot: true,
            hostname: "machine",
            variables: variables.merging(["HOME": "/root"]) { $1 }
        )
        return CommandLineRequest(arguments, in: environment)
    }

    private func notices(_ arguments: [String], _ variables: [String: String] = [:]) throws -> [String] {
        guard case .serve(let settings) = self.request(arguments, variables) else { throw UsageError("refused") }
        return FlagNeed.notices(settings).map(\.description)
    }

    /// A flag without what it needs, and with it.
    struct Case: Sendable, CustomTestStringConvertible {
        let flag: String
        let lacking: [String]
        let met: [String]

        init(_ flag: String, lacking: [String] = [], met: [String]) {
            self.flag = flag
            self.lacking = lacking
            self.met = met
        }

        var testDescription: String { self.flag }
    }

    private static let acme = ["-certmode=letsencrypt", "-hostname=a.example"]

    @Test(
        "one without what it needs is reported in one line; with it, nothing is",
        arguments: [
            Case("-a=:444", lacking: ["-dev"], met: []), Case("-c=/key", lacking: ["-dev"], met: []),
            Case("-certmode=manual", lacking: ["-dev"], met: []),
            Case("-certdir=/certs", lacking: ["-certmode=none"], met: []),
            Case("-http-port=8080", lacking: ["-certmode=none"], met: []),
            Case("-hostname=a.example,b.example", lacking: ["-certmode=none"], met: []),
            Case("-acme-email=a@b.example", met: acme), Case("--acme-directory=https://a.example/", met: acme),
            Case("--acme-profile=short", met: acme), Case("--acme-retry-delay=2m", met: acme),
            Case("-stun-port=3479", lacking: ["-stun=false"], met: []),
            Case("-derp=false", lacking: ["-stun=false"], met: []),
            Case("--max-refused=7", lacking: ["-derp=false"], met: []),
            Case("--max-refused=7", lacking: ["--refused-hold-time=0"], met: ["--refused-hold-time=60s"]),
            Case("--refused-hold-time=60s", lacking: ["--max-refused=0"], met: ["--max-refused=7"]),
            Case("-accept-connection-burst=5", met: ["-accept-connection-limit=5"]),
            Case("-socket=/socket", met: ["-verify-clients"]),
            Case("-verify-client-url-fail-open", met: ["-verify-client-url=https://a.example/"]),
            Case("--verify-cache-allow=2m", met: ["-verify-clients"]),
            Case("--verify-cache-deny=2m", met: ["-verify-client-url=https://a.example/"]),
            Case("--reverify-interval=2m", met: ["--deny-file=/deny"]),
            Case("--map-update=2h", met: ["--map-url=https://a.example/"]),
            Case("--map-cache=/cache", met: ["--map-url=https://a.example/"]),
            Case("--map-shuffle=x", met: ["--map-path=/map"]),
            Case("--map-own-region=false", met: ["--map-path=/map"]),
            Case("--region-id=7", lacking: ["--map-own-region=false", "--map-path=/map"], met: []),
            Case("--region-code=x", lacking: ["--map-own-region=false", "--map-path=/map"], met: []),
            Case("--region-name=x", lacking: ["--map-own-region=false", "--map-path=/map"], met: []),
            Case("--region-port=7", lacking: ["--map-own-region=false", "--map-path=/map"], met: []),
            Case("--ipv4=192.0.2.1", lacking: ["--map-own-region=false", "--map-path=/map"], met: []),
            Case("--ipv6=none", lacking: ["--map-own-region=false", "--map-path=/map"], met: []),
            Case("--ca-file=/ca", met: acme), Case("--ca-file=/ca", met: ["-mesh-with=a.example"]),
            Case("--drain-time=1s", met: ["--takeover=/run/t"]),
            Case("-verify-clients", lacking: ["-derp=false"], met: []),
            Case("-verify-client-url=https://a.example/", lacking: ["-derp=false"], met: []),
            Case("-mesh-psk-file=/key", lacking: ["-derp=false"], met: []),
            Case("-mesh-with=a.example", lacking: ["-derp=false"], met: []),
            Case("-rate-config=/rates", lacking: ["-derp=false"], met: []),
            Case("--max-clients=7", lacking: ["-derp=false"], met: []),
            Case("-tcp-write-timeout=7s", lacking: ["-derp=false"], met: []),
        ]
    )
    func pairs(pair: Case) throws {
        #expect(try self.notices([pair.flag] + pair.met) == [])
        let lines = try self.notices([pair.flag] + pair.lacking)
        let name = pair.flag.prefix { $0 != "=" }
        #expect(lines.count == 1 && lines.first?.hasSuffix("setting: \(name))") == true, "\(lines)")
        #expect(lines.first?.hasPrefix("warning: ") == true)
    }

    @Test("defaults, empty values and what is switched off are no news")
    func silent() throws {
        let flags = [
            "-certmode=none", "-http-port=-1", "-stun=false", "-stun-port=3478", "-acme-email=", "-acme-ip-certs=false",
            "-verify-client-url-fail-open=false", "--drain-time=10s", "--map-update=3h", "--reverify-interval=0",
            "--map-cache=", "-accept-connection-burst=", "--verify-cache-deny=5s", "--proxy-protocol=false",
        ]
        #expect(try self.notices(flags) == [])
    }

    @Test(
        "what would harm when it is ignored is refused",
        arguments: [
            (["-acme-ip-certs"], "-acme-ip-certs needs -certmode letsencrypt"),
            (["-acme-eab-kid=x"], "-acme-eab-kid needs -acme-eab-key"),
            (["-acme-eab-key=eA"], "-acme-eab-key needs -acme-eab-kid"),
            (["--proxy-protocol"], "--proxy-protocol needs --trusted-proxies: the networks that the proxies are in"),
        ]
    )
    func refused(flags: [String], error: String) throws {
        guard case .refuse(let refusal) = self.request(flags) else { throw UsageError("not refused") }
        #expect(refusal.description == error)
    }

    @Test("the place where it was set is reported; what headscale's section says was meant for headscale")
    func origin() throws {
        let line = try #require(try self.notices([], ["DERP_ACME_EMAIL": "a@b.example"]).first)
        #expect(line.contains("at: DERP_ACME_EMAIL, "))
        let file = try Configured(
            "derp: {update_frequency: 1h, urls: [], server: {enabled: true, region_id: 7, verify_clients: false, "
                + "automatically_add_embedded_derp_region: false}}\n"
        )
        #expect(FlagNeed.notices(try file.settings()).map(\.description) == [])
        let own = try Configured("relay:\n  drain_time: 1s\n")
        let notice = try #require(FlagNeed.notices(try own.settings()).first?.description)
        #expect(notice.contains("derp.yaml:2, ") && notice.contains("--drain-time"))
    }

    @Test("a variable asks for a check as the flag does, and none for what only prints")
    func variables() {
        for value in ["true", "1", "T"] {
            guard case .checkSettings = self.request([], ["DERP_CHECK_CONFIG": value]) else {
                Issue.record("DERP_CHECK_CONFIG=\(value) checks nothing")
                continue
            }
        }
        for variables in [["DERP_CHECK_CONFIG": "false"], ["DERP_CHECK_CONFIG": ""], ["DERP_VERSION": "1.103.0"]] {
            #expect(self.request([], variables).isServing, "\(variables)")
        }
        #expect(self.request(["--check-config=false"], ["DERP_CHECK_CONFIG": "true"]).isServing)
        for name in ["DERP_VERSION", "DERP_HELP"] {
            guard case .refuse(let error) = self.request([], [name: "true"]) else {
                Issue.record("\(name)=true is not refused")
                continue
            }
            #expect(error.description.hasPrefix(name))
        }
    }
}
