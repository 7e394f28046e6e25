import Foundation
import TestSupport
import Testing

@testable import DERPServer

@Suite("Effects of flags: the process", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct ProcessFlagTests {
    static let effects: [FlagEffect] = [
        FlagEffect("config", "from the file") { trial in
            let file = try trial.file("other.yaml", "relay: {region_code: from the file}")
            return try Look.region(of: trial.server("config", file), "RegionCode")
        },
        FlagEffect("version", "DERPServer and a number, exit 0") { trial in
            guard trial.isGiven else { return "it serves" }
            let end = try trial.end("version", "true")
            let isNumber = end.output.wholeMatch(of: /DERPServer [0-9]+\.[0-9]+\.[0-9]+\S*\n/) != nil
            return isNumber && end.status == .code(0) ? "DERPServer and a number, exit 0" : end.output
        },
        FlagEffect("check-config", "The configuration can be used.") { trial in
            guard trial.isGiven else { return "it serves" }
            let end = try trial.end("check-config", "true", with: ["certmode": "self-signed"])
            #expect(end.status == .code(0))
            // Warnings come before.
            return end.output.split(separator: "\n").last.map(String.init) ?? end.errors
        },
        FlagEffect("log-level", "told") { trial in
            let server = try trial.server("log-level", "debug")
            try server.stop()
            return server.log.contains(" debug ") ? "told" : "not told"
        },
        FlagEffect("debug-allow", "200") { trial in
            let server = try trial.server(
                "debug-allow",
                "198.51.100.0/24",
                "192.0.2.0/24",
                with: ["trusted-proxies": "127.0.0.1"]
            )
            let request = HTTPRequest("/metrics", headers: ["X-Forwarded-For": "192.0.2.1"])
            return "\(try request.send(to: server).status)"
        },
        FlagEffect("ca-file", "901") { trial in
            let authority = try GeneratedAuthority(in: trial.directory)
            let directory = try TemporaryDirectory()
            try GeneratedCertificate.write(to: directory, hostname: "127.0.0.1", authority: authority)
            let publisher = try ServerProcess(
                ServerOptions(certificate: .manual, directory: directory, flags: ["--region-id", "901"])
            )
            let server = try trial.server(
                "ca-file",
                authority.file,
                with: [
                    "map-url": "https://127.0.0.1:\(publisher.port)/derpmap/default", "map-own-region": "false",
                ]
            )
            _ = try trial.comes { try Look.regionIDs(of: server) == "901" }
            return try withExtendedLifetime(publisher) { try Look.regionIDs(of: server) }
        },
        FlagEffect("takeover", "taken over") { trial in
            // By default the first stays for 10 s, even without clients.
            let brief = ["drain-time": "200ms"]
            let first = try trial.server("takeover", trial.path("socket"), with: brief)
            let options = trial.options("takeover", [trial.path("socket")], with: brief) {
                $0.ports = first.ports
                $0.settings.append(ServerSetting("c", [first.directory.file("derper.key").path]))
            }
            guard trial.isGiven else { return try ServerProcess.runToExit(options).errors }
            let second = try ServerProcess(options)
            try eventually("the first ends") { !first.isRunning }
            #expect(try first.waitForExit() == .code(0))
            return second.log.contains("Took over") ? "taken over" : second.log
        },
        FlagEffect("drain-time", "all are sent away") { trial in
            let options = trial.options("drain-time", ["500ms"], with: ["takeover": trial.path("socket")])
            let first = try ServerProcess(options)
            let clients = try (0..<20).map { _ in try RawDERPClient(first) }
            let second = try ServerProcess(
                options.with {
                    $0.ports = first.ports
                    $0.settings.append(ServerSetting("c", [first.directory.file("derper.key").path]))
                }
            )
            // By default that takes 10 s.
            let isOver = try trial.comes(within: .seconds(3)) { !first.isRunning }
            return withExtendedLifetime((clients, second)) { isOver ? "all are sent away" : first.log }
        },
        Self.refused("secrets-url", "https://secrets.test"),
        Self.refused("secrets-path-prefix", "prod/derp"),
        Self.refused("secrets-cache-dir", "/tmp"),
        Self.refused("ace", "true"),
    ]

    /// A flag of derper's that does nothing here: the server doesn't start, and says so in a line that names it.
    private static func refused(_ flag: String, _ value: String) -> FlagEffect {
        FlagEffect(flag, "-\(flag) is refused") { trial in
            guard trial.isGiven else { return "it serves" }
            let end = try trial.end(flag, value)
            return end.status == .code(64) && end.errors.contains("-\(flag) concerns Tailscale's own infrastructure")
                ? "-\(flag) is refused" : end.errors
        }
    }

    @Test("A flag has its effect in every form, and without it there is none", arguments: effects.flatMap(\.cases))
    func effect(trial: FlagEffect.Case) throws { try trial.verify() }
}
