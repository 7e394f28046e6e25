import Foundation
import TestSupport
import Testing

/// Every command that takes a map, with one that a web server has.
@Suite("Maps at URLs", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct MapURLTests {
    private let web: WebServer

    init() throws { self.web = try WebServer() }

    private static func map(_ id: Int, _ code: String) -> String {
        """
        {"Regions":{"\(id)":{"RegionID":\(id),"RegionCode":"\(code)","RegionName":"\(code)","Nodes":[\
        {"Name":"\(id)a","RegionID":\(id),"HostName":"\(code).relays.test"}]}}}
        """
    }

    /// Runs it to its end, which must come.
    private func run(_ arguments: String...) throws -> (status: ProcessExit, output: String, errors: String) {
        let directory = try TemporaryDirectory()
        let process = try ChildProcess([BuiltProducts.server] + arguments, directory: directory.url, name: "map")
        let status = try process.waitForExit(within: .seconds(30))
        return withExtendedLifetime((directory, self.web)) { (status, process.output, process.errors) }
    }

    @Test("map show")
    func show() throws {
        let url = try self.web.publish(Self.map(7, "web"), as: "map.json")
        let result = try self.run("map", "show", url)
        #expect(result.status == .code(0))
        #expect(result.output.contains("web.relays.test"))
        #expect(result.output.contains(url))
        #expect(result.errors == "")
    }

    @Test("map lint")
    func lint() throws {
        let clean = try self.run("map", "lint", try self.web.publish(Self.map(7, "web"), as: "map.json"))
        #expect(clean == (.code(0), "", ""))
        let url = try self.web.publish("{\"Regions\":{\"7\":{\"RegionID\":8}}}", as: "wrong.json")
        let wrong = try self.run("map", "lint", url)
        #expect(wrong.status == .code(1))
        #expect(wrong.output.contains("\(url):1: error:"))
    }

    @Test("map diff")
    func diff() throws {
        let before = try self.web.publish(Self.map(7, "web"), as: "before.json")
        let after = try self.web.publish(Self.map(8, "net"), as: "after.json")
        let same = try self.run("map", "diff", before, before)
        #expect(same.status == .code(0))
        #expect(same.output == "")
        let other = try self.run("map", "diff", before, after)
        #expect(other.output.contains("7"))
        #expect(other.output.contains("8"))
        #expect(other.errors == "")
    }

    @Test("a URL that isn't there is told", arguments: ["show", "lint", "diff"])
    func missing(_ command: String) throws {
        let url = try self.web.publish("", as: "empty.json") + ".not"
        let there = try self.web.publish(Self.map(7, "web"), as: "map.json")
        let result =
            command == "diff" ? try self.run("map", "diff", there, url) : try self.run("map", command, url)
        #expect(result.status == .code(1))
        #expect((result.output + result.errors).contains("404"))
    }

    @Test("check REGION --map")
    func check() throws {
        let server = try ServerProcess(ServerOptions(hasHelperPort: true, hasSTUN: true))
        let map = try HTTPRequest("/derpmap/default").send(to: server)
        let url = try self.web.publish(String(decoding: map.body, as: UTF8.self), as: "map.json")
        let check = try CheckRun("900", "--map", url, keeping: [server, self.web])
        #expect(check.status == .code(0), "\(check.output)\(check.errors)")
        #expect(check.output.hasPrefix("Region 900"))
        #expect(check.findings("error") == [])
    }
}
