import Foundation
import TestSupport
import Testing

@Suite("DERPServer check", .light, .blocking, .serialized, .timeLimit(.minutes(2)))
struct CheckTests {
    private let complete = ServerOptions(hasHelperPort: true, hasSTUN: true)

    @Test("A good relay is found to be one", arguments: Loopback.allCases)
    func good(address: Loopback) throws {
        let server = try ServerProcess(
            self.complete.with {
                $0.address = address
                $0.hostname = address.rawValue
            }
        )
        let check = try CheckRun(of: server, "--strict")
        #expect(check.status == .code(0), "\(check.output)\(check.errors)")
        #expect(check.output.hasSuffix("\n0 errors, 0 warnings\n"))
        let infos = check.findings("info")
        for text in [
            "logged in by fast start", "one server key over 5 connections", "relayed 50 packets", "none lost",
            "/generate_204 answers the challenge", "STUN over \(address == .ipv4 ? "IPv4" : "IPv6"): this is",
        ] {
            #expect(infos.contains { $0.contains(text) }, "\(text)")
        }
        // No terminal: no progress.
        #expect(check.errors == "")
    }

    @Test("A relay without TLS is one, too")
    func plain() throws {
        let check = try CheckRun(of: ServerProcess(.plain), "--strict")
        #expect(check.status == .code(0), "\(check.output)")
        #expect(check.findings("info").contains { $0.hasPrefix("relayed 50 packets") })
    }

    @Test("A region is found in a map by number and code; warnings count when they shall")
    func region() throws {
        let server = try ServerProcess(self.complete)
        let directory = try TemporaryDirectory()
        try directory.write(HTTPRequest("/derpmap/default").send(to: server).text, to: "map.json")
        let map = directory.file("map.json").path
        for name in ["900", "derp"] {
            let check = try CheckRun(name, "--map", map, keeping: [server])
            #expect(check.status == .code(0), "\(check.output)")
            #expect(check.findings("warning") == ["it is the map's only region: a single point of failure"])
        }
        #expect(try CheckRun("--all", "--map", map, "--strict", keeping: [server]).status == .code(2))
        let unknown = try CheckRun("lab", "--map", map)
        #expect(unknown.status == .code(1))
        #expect(unknown.findings("error") == ["no region \"lab\" in the map"])
        let unreadable = try CheckRun("lab", "--map", directory.file("none").path)
        #expect(unreadable.status == .code(1) && unreadable.errors.contains("no such file"))
    }

    @Test("JSON is one object, whose numbers are those of the text")
    func json() throws {
        let server = try ServerProcess(self.complete)
        let check = try CheckRun(of: server, "--json")
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(check.output.utf8)) as? [String: Any]
        )
        #expect(report["errors"] as? Int == 0 && report["warnings"] as? Int == 0)
        let regions = try #require(report["regions"] as? [[String: Any]])
        let node = try #require((regions.first?["nodes"] as? [[String: Any]])?.first)
        let measurements = try #require(node["measurements"] as? [String: Double])
        #expect(try #require(measurements["roundTripP50Milliseconds"]) > 0)
        #expect(measurements["packetLoss"] == 0)
        let findings = try #require(node["findings"] as? [[String: Any]])
        #expect(findings.allSatisfy { $0["severity"] as? String == "info" && $0["topic"] is String })
        // A check that ends with an error is one object, too.
        let failed = try CheckRun("x", "--map", "/nonexistent", "--json")
        #expect(failed.status == .code(1))
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(failed.output.utf8)) }
    }

    @Test("A relay that doesn't admit the check is distinguished from a broken one, with its reason")
    func refused() throws {
        let directory = try TemporaryDirectory()
        try directory.write("\(TestKey().text)\n", to: "allow")
        let server = try ServerProcess(
            self.complete.with { $0.flags = ["--allow-file", directory.file("allow").path] }
        )
        let check = try CheckRun(of: server)
        #expect(check.status == .code(0), "\(check.output)")
        let warnings = check.findings("warning")
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("refused by admission over IPv4") == true)
        #expect(warnings.first?.contains("not on the allow list") == true)
        // The key is compared all the same.
        #expect(check.findings("info").contains { $0.hasPrefix("one server key over 5 connections") })
        #expect(try CheckRun(of: server, "--strict").status == .code(2))
    }

    @Test("Metrics of a watch are served until a signal comes")
    func watch() throws {
        let server = try ServerProcess(self.complete)
        let watch = try CheckWatch(server)
        try eventually("two rounds are over", within: .seconds(30)) {
            try watch.reading().total("derp_check_rounds_total") >= 2
        }
        let page = try watch.page()
        #expect(page.contains("derp_check_up{region=\"0\",node=\"127.0.0.1:\(server.port)\"} 1.0\n"))
        #expect(page.contains("derp_check_round_trip_seconds{"))
        #expect(watch.output.contains("0 errors, 0 warnings\n"))
        #expect(try watch.stop() == .code(0))
        #expect(server.isRunning)
    }
}
