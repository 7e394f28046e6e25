import Foundation
import TestSupport
import Testing

@Suite("Sources of the DERP map", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct MapSourcesTests {
    private static func file(_ id: Int, code: String) -> String {
        "regions:\n  \(id):\n    regioncode: \(code)\n    nodes: [{name: \(id)a, hostname: h.relays.test}]\n"
    }

    /// The codes of the regions that a server serves, by id.
    private static func codes(of server: ServerProcess) throws -> [String: String] {
        let response = try HTTPRequest("/derpmap/default").send(to: server)
        guard response.status == 200 else { return [:] }
        let map = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        let regions = try #require(map?["Regions"] as? [String: [String: Any]])
        return regions.compactMapValues { $0["RegionCode"] as? String }
    }

    @Test("A server merges another's map, a file, and its own region, and reads the file again when it changes")
    func merged() throws {
        let other = try ServerProcess(
            ServerOptions.plain.with { $0.flags = ["--region-id", "901", "--region-code", "other"] }
        )
        let directory = try TemporaryDirectory()
        try directory.write(Self.file(902, code: "file"), to: "derp.yaml")
        let server = try ServerProcess(
            ServerOptions.plain.with {
                $0.flags = [
                    "--map-url", "http://127.0.0.1:\(other.port)/derpmap/default",
                    "--map-path", directory.file("derp.yaml").path, "--map-cache=",
                ]
            }
        )
        try eventually("all is served") {
            try Self.codes(of: server) == ["900": "derp", "901": "other", "902": "file"]
        }
        let tag = try HTTPRequest("/derpmap/default").send(to: server)["ETag"]

        try directory.write("regions: {901: null}\n", to: "derp.yaml")
        try eventually("the file is read again") { try Self.codes(of: server) == ["900": "derp"] }
        #expect(try HTTPRequest("/derpmap/default").send(to: server)["ETag"] != tag)

        try directory.write("regions: {", to: "derp.yaml")
        try eventually("the broken file is noticed") {
            try MetricsReading(of: server).total("derp_map_stale_sources") == 1
        }
        #expect(try Self.codes(of: server) == ["900": "derp"])
        #expect(server.log.contains("A source of the map failed"))
        #expect(try server.stop() == .code(0))
    }

    @Test("SIGHUP fetches at once; a source that is gone keeps its last map, also across a restart")
    func refreshed() throws {
        let directory = try TemporaryDirectory()
        let other = try ServerProcess(ServerOptions.plain.with { $0.flags = ["--region-id", "901"] })
        let options = ServerOptions.plain.with {
            $0.flags = [
                "--map-url", "http://127.0.0.1:\(other.port)/derpmap/default", "--map-own-region=false",
                "--map-cache", directory.file("maps").path,
            ]
        }
        let server = try ServerProcess(options)
        try eventually("the map is fetched") { try Self.codes(of: server) == ["901": "derp"] }
        try other.stop()
        server.send(signal: SIGHUP)
        try eventually("the failure is counted") {
            try MetricsReading(of: server).total("derp_map_source_failures_total") == 1
        }
        #expect(try Self.codes(of: server) == ["901": "derp"])
        try server.stop()

        let restarted = try ServerProcess(options)
        #expect(try Self.codes(of: restarted) == ["901": "derp"])
        try eventually("the failure is logged") { restarted.log.contains("A source of the map failed") }
    }

    @Test("A URL that hangs keeps the server neither from serving what it has nor from ending")
    func hanging() throws {
        let directory = try TemporaryDirectory()
        let other = try ServerProcess(ServerOptions.plain.with { $0.flags = ["--region-id", "901"] })
        let options = ServerOptions.plain.with {
            $0.flags = [
                "--map-url", "http://127.0.0.1:\(other.port)/derpmap/default",
                "--map-cache", directory.file("maps").path,
            ]
        }
        // It goes on to accept connections, and answers nothing.
        other.send(signal: SIGSTOP)
        let first = try ServerProcess(options)
        #expect(try Self.codes(of: first) == ["900": "derp"])
        let reading = try MetricsReading(of: first)
        #expect(try reading.total("derp_map_pending_sources") == 1)
        #expect(try reading.total("derp_map_stale_sources") == 0)
        try eventually("it is told") { first.log.contains("until then nothing of it is served") }
        try self.expectPromptEnd(of: first)

        other.send(signal: SIGCONT)
        let second = try ServerProcess(options)
        try eventually("the map is fetched") { try Self.codes(of: second) == ["900": "derp", "901": "derp"] }
        #expect(try MetricsReading(of: second).total("derp_map_pending_sources") == 0)
        try self.expectPromptEnd(of: second)

        other.send(signal: SIGSTOP)
        let third = try ServerProcess(options)
        #expect(try Self.codes(of: third) == ["900": "derp", "901": "derp"])
        #expect(try MetricsReading(of: third).total("derp_map_pending_sources") == 1)
        try eventually("it is told") { third.log.contains("until then what the cache has of it is served") }
        try self.expectPromptEnd(of: third)
    }

    /// In less time than a fetch, or the stop of a server that hangs, takes.
    private func expectPromptEnd(of server: ServerProcess) throws {
        let start = ContinuousClock.now
        #expect(try server.stop() == .code(0))
        #expect(start.duration(to: .now) < .seconds(4))
        #expect(!server.log.contains("Stopped before every client was told"))
    }

    @Test("A file that can't be used ends the start with one line that names it")
    func brokenAtStart() throws {
        let directory = try TemporaryDirectory()
        try directory.write("regions:\n  900:\n    nodez: []\n", to: "derp.yaml")
        let path = directory.file("derp.yaml").path
        let end = try ServerProcess.runToExit(ServerOptions.plain.with { $0.flags = ["--map-path", path] })
        #expect(end.status == .code(1))
        #expect(
            end.errors
                == "DERPServer: --map-path: \(path): line 3: error: region 900 has no key \"nodez\": did you mean nodes?\n"
        )
    }

    @Test(
        "Settings of the map that can't be are refused in one line",
        arguments: [
            (["--map-url", "derp.yaml"], "--map-url is a URL of http or https, not \"derp.yaml\""),
            (["--map-update", "1ms"], "--map-update"),
            (["--map-own-region=maybe"], "--map-own-region is true or false"),
            (["--ca-file", "/nonexistent"], "--ca-file: can't read /nonexistent: no such file or directory"),
            (["--ca-file", "/etc/hostname"], "--ca-file: /etc/hostname holds no certificates"),
            (["--map-path", "/"], "--map-path: can't read /: not a regular file"),
        ]
    )
    func refused(flags: [String], reason: String) throws {
        let end = try ServerProcess.runToExit(ServerOptions.plain.with { $0.flags = flags })
        #expect(end.status != .code(0))
        #expect(end.errors.hasPrefix("DERPServer: \(reason)"), "\(end.errors)")
        #expect(end.errors.split(separator: "\n").count == 1)
    }
}
