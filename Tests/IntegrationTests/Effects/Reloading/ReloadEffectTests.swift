import DERPKit
import Foundation
import TestSupport
import Testing

@testable import DERPServer

@Suite("What SIGHUP has read again", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct ReloadEffectTests {
    static let effects: [ReloadEffect] = [
        ReloadEffect(.map, flags: ["map-url", "map-update"]) { stage in
            let directory = try stage.directory()
            try directory.write(FlagTrial.map(901), to: "map.yaml")
            let file = directory.file("map.yaml").path
            let publisher = try stage.server("--map-path", file, "--map-own-region=false")
            let url = "http://127.0.0.1:\(publisher.port)/derpmap/default"
            let server = try stage.server("--map-url", url, "--map-own-region=false", "--map-update=0", "--map-cache=")
            try eventually("it has the map") { try Look.regionIDs(of: server) == "901" }
            return ReloadAct(server: server, before: "901", after: "902") {
                try directory.write(FlagTrial.map(902), to: "map.yaml")
                try eventually("the publisher has the new map") { try Look.regionIDs(of: publisher) == "902" }
            } look: {
                try Look.regionIDs(of: server)
            }
        },
        ReloadEffect(.map, flags: ["map-path"]) { stage in
            let directory = try stage.directory()
            try directory.write(FlagTrial.map(901), to: "map.yaml")
            let server = try stage.server("--map-path", directory.file("map.yaml").path)
            return ReloadAct(server: server, before: "900 901", after: "900 902") {
                try directory.write(FlagTrial.map(902), to: "map.yaml")
            } look: {
                try Look.regionIDs(of: server)
            }
        },
        ReloadEffect(.keyLists, flags: ["allow-file"], logged: "Read a key list again") { stage in
            let directory = try stage.directory()
            let key = TestKey()
            try directory.write("", to: "allow")
            let server = try stage.server("--allow-file", directory.file("allow").path)
            return ReloadAct(server: server, before: "false", after: "true") {
                try directory.write(key.text, to: "allow")
            } look: {
                "\(try Look.admits(server, key))"
            }
        },
        ReloadEffect(.keyLists, flags: ["deny-file"], logged: "Read a key list again") { stage in
            let directory = try stage.directory()
            let key = TestKey()
            try directory.write("", to: "deny")
            let server = try stage.server("--deny-file", directory.file("deny").path)
            return ReloadAct(server: server, before: "true", after: "false") {
                try directory.write(key.text, to: "deny")
            } look: {
                "\(try Look.admits(server, key))"
            }
        },
        ReloadEffect(.rates, flags: ["rate-config"], logged: "Read the clients' rates again") { stage in
            let directory = try stage.directory()
            try directory.write("{}", to: "rates.json")
            let server = try stage.server("-rate-config", directory.file("rates.json").path)
            return ReloadAct(server: server, before: "fast", after: "slow") {
                try directory.write(#"{"PerClientRateLimitBytesPerSec": 1000}"#, to: "rates.json")
            } look: {
                let client = try RawDERPClient(server)
                for _ in 0..<3 { try client.send(TestKey.random(60_000), to: client.key) }
                // At the rate of the changed file two minutes.
                let waits = try Look.comes(within: .milliseconds(300)) {
                    try MetricsReading(of: server).total("derp_rate_limit_waits_total") > 0
                }
                return withExtendedLifetime(client) { waits ? "slow" : "fast" }
            }
        },
        Self.certificates(.manual),
        Self.certificates(.selfSigned),
        ReloadEffect(.orders, flags: ["acme-retry-delay"]) { stage in
            let authority = stage.keep(try ImitatedAuthority())
            let server = try stage.server(
                "-hostname=a.test",
                "--acme-directory",
                authority.url,
                "--ca-file",
                authority.certificateFile,
                "--acme-retry-delay=1h",
                certificate: .letsencrypt
            )
            // Otherwise the signal would find an order under way.
            try eventually("the failure is told") { server.log.contains("Ordering a certificate failed") }
            return ReloadAct(server: server, before: "1 order", after: "2 orders") {
            } look: {
                let count = authority.requests("order").count
                return count == 1 ? "1 order" : "\(count) orders"
            }
        },
    ]

    private static func certificates(_ mode: ServerOptions.Certificate) -> ReloadEffect {
        ReloadEffect(.certificates, flags: ["certdir"], logged: "Read a certificate again") { stage in
            let directory = try stage.directory()
            try GeneratedCertificate.write(to: directory, hostname: "127.0.0.1", serial: 7)
            let server = try stage.server(certificate: mode, directory: directory)
            return ReloadAct(server: server, before: "7", after: "8") {
                try GeneratedCertificate.write(to: directory, hostname: "127.0.0.1", serial: 8)
            } look: {
                let certificate = try #require(try server.connect().tls?.peerCertificates.first)
                return "\(try CertificateInspection(certificate).serialNumber)"
            }
        }
    }

    @Test("A change counts after the signal", arguments: effects)
    func effect(effect: ReloadEffect) throws { try effect.verify() }

    @Test("Everything that is read again has a row, and so has every flag whose help names SIGHUP")
    func complete() throws {
        let kinds = Set(Self.effects.map(\.kind))
        #expect(Reloadable.Kind.allCases.filter { !kinds.contains($0) } == [])
        let directory = try TemporaryDirectory()
        let process = try ChildProcess(
            [BuiltProducts.server, "--help"],
            environment: ["COLUMNS": "10000"],
            directory: directory.url,
            name: "help"
        )
        #expect(try process.waitForExit() == .code(0))
        var flag = ""
        var named: Set<String> = []
        for line in process.output.split(separator: "\n") {
            if let match = line.prefixMatch(of: /\ \ (?:-[a-z], )?--?([a-z0-9-]+)/) { flag = String(match.1) }
            if line.contains("SIGHUP") { named.insert(flag) }
        }
        #expect(!named.isEmpty)
        // The deny list is said to be read likewise.
        #expect(named.subtracting(Self.effects.flatMap(\.flags)).sorted() == [])
    }
}
