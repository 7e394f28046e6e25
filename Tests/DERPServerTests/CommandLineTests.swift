import Logging
import IPAddresses
import DERPKit
import Testing

@testable import DERPServer

@Suite("Command line")
struct CommandLineTests {
    private let root = HostEnvironment(isRoot: true, hostname: "machine", variables: ["HOME": "/root"])

    private func settings(_ arguments: String..., in environment: HostEnvironment? = nil) throws -> ServerSettings {
        switch CommandLineRequest(arguments, in: environment ?? self.root) {
        case .serve(let settings): return settings
        case .refuse(let error): throw error
        case .print(let text): throw UsageError("printed \(text)")
        case .map, .check, .checkSettings: throw UsageError("another command")
        }
    }

    @Test("without flags it is derper's defaults, but for the certificate")
    func defaults() throws {
        let settings = try self.settings()
        #expect(settings.listen == ListenAddress(host: "", port: 443))
        #expect(settings.transport == .selfSigned(directory: "/root/.cache/tailscale/derper-certs"))
        #expect(settings.keyFile == "/var/lib/derper/derper.key")
        #expect(settings.hostname == "machine" && settings.hostnameOrigin == .machine)
        #expect(settings.plainHTTP == ListenAddress(host: "", port: 80))
        #expect(
            settings.stun
                == STUNSettings(address: ListenAddress(host: "", port: 3478), flag: Flag[\.listening.stunPort])
        )
        #expect(settings.isRelayEnabled && settings.homePage == .standard)
        #expect(settings.tcpKeepAlive == .seconds(600))
        #expect(settings.tcpUserTimeout == .seconds(15))
        #expect(settings.writeTimeout == .seconds(2))
        #expect(settings.loopCount == nil && settings.debugNetworks.isEmpty && settings.logLevel == .info)
        #expect(settings.region == RegionSettings(id: 900, code: "derp", name: "DERP relay"))
    }

    @Test("a derper user's line means the same here")
    func derper() throws {
        let settings = try self.settings(
            "--hostname=derp.example.com",
            "-certmode",
            "manual",
            "-certdir=/certs",
            "-a",
            "192.0.2.1:8443",
            "-http-port=-1",
            "-stun=false",
            "-derp=0",
            "-home",
            "https://example.com/",
            "-tcp-keepalive-time=1m30s",
            "-tcp-user-timeout=0",
            "-tcp-write-timeout",
            "500ms",
            "-c=/keys/derper.key",
            "-verify-clients=false",
            "-verify-client-url="
        )
        #expect(settings.hostname == "derp.example.com" && settings.hostnameOrigin == .flag)
        #expect(settings.transport == .manual(directory: "/certs"))
        #expect(settings.listen == ListenAddress(host: "192.0.2.1", port: 8443))
        #expect(settings.plainHTTP == nil && settings.stun == nil && !settings.isRelayEnabled)
        #expect(settings.homePage == .redirect("https://example.com/"))
        #expect(settings.tcpKeepAlive == .seconds(90))
        #expect(settings.tcpUserTimeout == .zero)
        #expect(settings.writeTimeout == .milliseconds(500))
        #expect(settings.keyFile == "/keys/derper.key")
    }

    @Test("-dev is plain HTTP on loopback with a fresh key, whatever else is said")
    func development() throws {
        let user = HostEnvironment(isRoot: false, hostname: "", variables: [:])
        let settings = try self.settings("-dev", "-a=:443", "-certmode=manual", "-c=/key", in: user)
        #expect(settings.listen == ListenAddress(host: "127.0.0.1", port: 3340))
        #expect(settings.transport == .development)
        #expect(settings.keyFile == nil && settings.plainHTTP == nil)
        #expect(settings.hostname == "127.0.0.1")
    }

    @Test("our own flags")
    func own() throws {
        let settings = try self.settings(
            "-certmode=none",
            "--loops=3",
            "--region-id=901",
            "--region-code=x",
            "--region-name",
            "X Y",
            "--ipv4=192.0.2.7",
            "--ipv6=none",
            "--debug-allow=10.0.0.0/8,fd00::/8",
            "--debug-allow",
            "192.0.2.9",
            "--log-level=debug"
        )
        #expect(settings.transport == .plain && settings.plainHTTP == nil)
        #expect(settings.loopCount == 3 && settings.logLevel == .debug)
        #expect(settings.region == RegionSettings(id: 901, code: "x", name: "X Y", ipv4: "192.0.2.7", ipv6: "none"))
        #expect(settings.debugNetworks.map(\.description) == ["10.0.0.0/8", "fd00::/8", "192.0.2.9/32"])
    }

    @Test("names for /bootstrap-dns, and the order of nodes")
    func bootstrap() throws {
        let settings = try self.settings(
            "-bootstrap-dns-names=a.example, b.example,",
            "-unpublished-bootstrap-dns-names",
            "c.example",
            "--map-shuffle=tailnet"
        )
        #expect(settings.bootstrapNames.published == ["a.example", "b.example"])
        #expect(settings.bootstrapNames.unpublished == ["c.example"])
        #expect(settings.mapSources.nodeOrderSeed == "tailnet")
        #expect(try self.settings().bootstrapNames == BootstrapNames())
        #expect(try self.settings().mapSources.nodeOrderSeed == nil)
    }

    @Test("how much is served, and which proxies may speak for others")
    func limits() throws {
        let open = try self.settings()
        #expect(open.limits.connections == ConnectionLimits() && open.limits.rateFile == nil)
        #expect(open.proxies == ProxyTrust())
        // As derper prints its defaults.
        let derper = try self.settings("-accept-connection-limit=+Inf", "-accept-connection-burst=9223372036854775807")
        #expect(derper.limits.connections.acceptsPerSecond == nil)
        let settings = try self.settings(
            "-accept-connection-limit=2.5",
            "-accept-connection-burst",
            "10",
            "-rate-config=/rates.json",
            "--max-clients=1000",
            "--max-pending=50",
            "--login-timeout=90s",
            "--queue-memory=64MiB",
            "--max-connections-per-ip=3",
            "--max-refused=7",
            "--refused-hold-time=90s",
            "--proxy-protocol",
            "--trusted-proxies=10.0.0.0/8, fd00::/8",
            "--trusted-proxies",
            "192.0.2.1"
        )
        let connections = settings.limits.connections
        #expect(connections.acceptsPerSecond == 2.5 && connections.acceptBurst == 10)
        #expect(connections.clients == 1000 && connections.pending == 50 && connections.perAddress == 3)
        #expect(connections.refused == 7 && connections.refusedHoldTime == .seconds(90))
        #expect(settings.limits.queueMemory == 64 << 20 && open.limits.queueMemory == nil)
        for (text, bytes) in [("1048576", 1 << 20), ("2048KiB", 2 << 20), ("3GiB", 3 << 30), ("1TiB", 1 << 40)] {
            #expect(try self.settings("--queue-memory=\(text)").limits.queueMemory == bytes)
        }
        #expect(settings.limits.loginTimeout == .seconds(90) && open.limits.loginTimeout == .seconds(60))
        #expect(settings.limits.rateFile == "/rates.json" && settings.proxies.sendsHeader)
        #expect(settings.proxies.networks.map(\.description) == ["10.0.0.0/8", "fd00::/8", "192.0.2.1/32"])
    }

    @Test("which clients are admitted")
    func admission() throws {
        let open = try self.settings().admission
        #expect(open.allowFile == nil && open.denyFile == nil && open.reverifyInterval == nil)
        #expect(open.tailscaledSocket == nil && open.controllers.isEmpty && !open.controllersFailOpen)
        #expect(open.allowLifetime == .seconds(60) && open.denyLifetime == .seconds(5))
        let lists = try self.settings("--allow-file=/a", "--deny-file", "/d", "--reverify-interval=10m").admission
        #expect(lists.allowFile == "/a" && lists.denyFile == "/d")
        #expect(lists.reverifyInterval == .seconds(600))
        #expect(
            try self.settings("-verify-clients").admission.tailscaledSocket == TailscaledVerifier.standardSocketPath
        )
        let others = try self.settings(
            "-verify-clients",
            "-socket=/run/t.sock",
            "-verify-client-url=https://a.example/verify",
            "-verify-client-url",
            "http://b.example:8080/verify?token=x",
            "-verify-client-url-fail-open",
            "--verify-cache-allow=0",
            "--verify-cache-deny=250ms"
        ).admission
        #expect(others.tailscaledSocket == "/run/t.sock" && others.controllersFailOpen)
        #expect(others.controllers == ["https://a.example/verify", "http://b.example:8080/verify?token=x"])
        #expect(others.allowLifetime == .zero && others.denyLifetime == .milliseconds(250))
        // derper takes a socket that it never asks.
        #expect(try self.settings("-socket=/run/t.sock").admission.tailscaledSocket == nil)
    }

    @Test(
        "a wrong value is refused in one line that begins with its flag",
        arguments: [
            "-a=443", "-a=", "-a=:", "-a=:65536", "-a=:x", "-a=[::1:443", "-a=::1:443", "-a=a b:443", "-stun=maybe",
            "-acme-ip-certs", "-certmode=gcp", "-certmode=Manual", "-certmode=", "-certdir=", "-hostname=a b",
            "-hostname=../x", "-http-port=70000", "-http-port=-2", "-http-port=x", "-http-port=443", "-stun-port=-1",
            "-stun-port=1.5", "-stun-port=", "--stun-listen=3478", "--stun-listen=::1:3478", "--stun-listen=:65536",
            "-home=white", "-home=ftp://x", "-home=http://a\r\nSet-Cookie:b",
            "-tcp-keepalive-time=10",
            "-tcp-keepalive-time=500ms", "-tcp-keepalive-time=10h", "-tcp-user-timeout=-1s", "-tcp-user-timeout=48h",
            "-tcp-write-timeout=1d", "--loops=0", "--loops=257", "--loops=two", "--region-id=0", "--region-id=-1",
            "--region-id=9007199254740992", "--region-code=", "--region-name=", "--region-name=a\nb", "--ipv4=::1",
            "--ipv4=x", "--ipv6=192.0.2.1", "--debug-allow=10.0.0.0/33", "--debug-allow=x", "--log-level=loud",
            "--reverify-interval=10", "--reverify-interval=500ms", "--reverify-interval=25h",
            "--verify-cache-allow=-1s", "--verify-cache-deny=x", "-verify-clients=maybe",
            "-verify-client-url=a.example",
            "-verify-client-url=ftp://a.example/", "-verify-client-url=https://user:secret@a.example/",
            "-mesh-with=a,", "-acme-email=a", "-acme-eab-kid=a", "-acme-eab-key=a",
            "--acme-directory=http://a.example/", "--acme-retry-delay=0", "--acme-retry-delay=2h", "-hostname=a,,b",
            "-hostname=a,A", "-bootstrap-dns-names=192.0.2.1", "-bootstrap-dns-names=a b",
            "-unpublished-bootstrap-dns-names=a.example,a.example/percent.example",
            "-accept-connection-limit=0", "-accept-connection-limit=x",
            "-accept-connection-limit=nan", "-accept-connection-burst=0", "--max-clients=-1", "--max-pending=0",
            "--max-connections-per-ip=x", "--max-refused=70000", "--refused-hold-time=2m", "--login-timeout=0",
            "--queue-memory=1MiB ", "--queue-memory=1023KiB", "--queue-memory=-5GiB",
            "--queue-memory=MiB", "--queue-memory=99999999999GiB", "--queue-memory=2TiB", "--queue-memory=1MB",
            "--trusted-proxies=10.0.0.0/33", "--proxy-protocol",
        ]
    )
    func wrong(argument: String) throws {
        let error = #expect(throws: UsageError.self) { try self.settings(argument) }
        let flag = try #require(argument.split(separator: "=").first)
        let message = try #require(error?.description)
        #expect(message.hasPrefix("\(flag) "), "\(message)")
        #expect(!message.contains("\n") && !message.contains("\r"))
    }

    @Test("what may be secret in a URL is not shown")
    func secrets() {
        for argument in ["--map-url=https://u:secret@h/", "--map-url=htps://h/?secret", "-verify-client-url=h?secret"] {
            let error = #expect(throws: UsageError.self) { try self.settings(argument) }
            #expect(error?.description.contains("secret") == false)
        }
    }

    @Test("what has no default for this user is asked for")
    func needed() throws {
        let user = HostEnvironment(isRoot: false, hostname: "bad name", variables: ["XDG_CACHE_HOME": "relative"])
        #expect(throws: UsageError("-certdir is needed: the directory of the certificates")) {
            try self.settings(in: user)
        }
        #expect(throws: UsageError("-hostname is needed: the name or IP address that clients connect to")) {
            try self.settings("-certmode=none", in: user)
        }
        #expect(throws: UsageError("-c is needed: the file of the private key, made when missing")) {
            try self.settings("-certmode=none", "-a=127.0.0.1:1", in: user)
        }
    }

    @Test("-version and --help print and go, whatever else is said")
    func printing() {
        guard case .print(let version) = CommandLineRequest(["-version"], in: self.root) else {
            Issue.record("-version must print")
            return
        }
        #expect(version == "DERPServer \(RelayServer.version)")
        guard case .print(let help) = CommandLineRequest(["--help"], in: self.root) else {
            Issue.record("--help must print")
            return
        }
        for flag in Flag.all where flag.support == .supported {
            #expect(help.contains("\n  \(flag.spelling)\(flag.kind == .boolean ? "=" : " ")<"), "\(flag.name)")
        }
    }
}
