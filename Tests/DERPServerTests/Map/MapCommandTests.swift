import Foundation
import TestSupport
import Testing

@testable import DERPServer

@Suite("DERPServer map", .blocking)
struct MapCommandTests {
    private let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    private static let published = """
        {"Regions":{"1":{"RegionID":1,"RegionCode":"nyc","RegionName":"New York","Nodes":[\
        {"Name":"1a","RegionID":1,"HostName":"derp1.relays.test"}]},\
        "2":{"RegionID":2,"RegionCode":"sfo","RegionName":"Fog & \\u001b[2J","Nodes":[\
        {"Name":"2a","RegionID":2,"HostName":"derp2.relays.test","DERPPort":8443}]}}}
        """
    private static let changes = """
        regions:
          1: null
          900:
            regioncode: "900"
            regionname: "Ours: & theirs"
            nodes:
              - {name: 900a, hostname: relay.relays.test, ipv4: 10.0.0.1}
        """

    /// Runs it in a directory with `files`, which is removed afterwards.
    private func run(
        _ arguments: String...,
        files: [String: String] = ["map.json": published, "derp.yaml": changes]
    ) throws -> (status: ProcessExit, output: String, errors: String) {
        try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: self.directory) }
        for (name, text) in files {
            try Data(text.utf8).write(to: self.directory.appendingPathComponent(name))
        }
        let paths = arguments.map { argument in
            files[argument] == nil ? argument : self.directory.appendingPathComponent(argument).path
        }
        let result = try ServerProcess(["map"] + paths).wait()
        let prefix = self.directory.path + "/"
        return (
            result.status, result.output.replacing(prefix, with: ""), result.errors.replacing(prefix, with: "")
        )
    }

    @Test("lint prints findings with file and line, and exits with 1 on errors only")
    func lint() throws {
        let warned = "regions:\n  900: {}\n"
        let wrong = "regions:\n  900:\n    RegionID: 900\n"
        let clean = try self.run("lint", "map.json", "derp.yaml")
        #expect(clean == (.code(0), "", ""))
        let warning = try self.run("lint", "a.yaml", files: ["a.yaml": warned])
        #expect(warning == (.code(0), "a.yaml:2: warning: region 900 has no nodes: clients can't use it\n", ""))
        let vain = try self.run(
            "lint",
            "map.json",
            "a.yaml",
            files: ["map.json": Self.published, "a.yaml": "regions:\n  7: null\n  1: null\n"]
        )
        #expect(vain == (.code(0), "a.yaml:2: info: null removes nothing: region 7 isn't in the map\n", ""))
        let error = try self.run("lint", "a.yaml", "b.yaml", "none", files: ["a.yaml": warned, "b.yaml": wrong])
        #expect(error.status == .code(1))
        #expect(error.output.contains("b.yaml:3: error: the key \"RegionID\" is spelt regionid\n"))
        #expect(error.output.contains("error: can't read none: no such file or directory\n"))
    }

    @Test("show says where each region is from, and which source removed one")
    func table() throws {
        let shown = try self.run("show", "map.json", "derp.yaml")
        #expect(
            shown.output == """
                REGION  CODE  NAME            NODES              FROM
                2       sfo   Fog & ?[2J      derp2.relays.test  map.json
                900     900   Ours: & theirs  relay.relays.test  derp.yaml
                1       -     (removed)                          derp.yaml

                """
        )
        #expect(shown.status == .code(0))
    }

    @Test("what show prints as YAML and as JSON is read back as the same map")
    func forms() throws {
        let json = try self.run("show", "--json", "map.json", "derp.yaml").output
        let yaml = try self.run("show", "--yaml", "map.json", "derp.yaml").output
        #expect(json.hasPrefix("{\"Regions\":{\"2\":{"))
        let again = try self.run("show", "--json", "merged.yaml", files: ["merged.yaml": yaml])
        #expect(again == (.code(0), json, ""))
        let difference = try self.run("diff", "a.json", "b.yaml", files: ["a.json": json, "b.yaml": yaml])
        #expect(difference == (.code(0), "", ""))
    }

    @Test("diff names what is added, removed and changed")
    func difference() throws {
        let changed = Self.changes.replacing("10.0.0.1", with: "10.0.0.2")
        let files = ["map.json": Self.published, "derp.yaml": Self.changes, "new.yaml": changed]
        #expect(
            try self.run("diff", "map.json", "map.json", "derp.yaml", files: files).output == """
                +  900  900  Ours: & theirs  900a=relay.relays.test 10.0.0.1
                -  1    nyc  New York        1a=derp1.relays.test

                """
        )
        #expect(
            try self.run("diff", "derp.yaml", "new.yaml", files: files).output == """
                <  900  900  Ours: & theirs  900a=relay.relays.test 10.0.0.1
                >  900  900  Ours: & theirs  900a=relay.relays.test 10.0.0.2

                """
        )
    }

    @Test("a map that can't be used is not shown")
    func broken() throws {
        let shown = try self.run("show", "a.yaml", files: ["a.yaml": "regions: {"])
        #expect(shown.status == .code(1))
        #expect(shown.output.isEmpty)
        #expect(shown.errors.hasPrefix("a.yaml:2: error: it is not YAML"))
    }

    @Test("help is printed, and mistakes are refused with 64")
    func usage() throws {
        #expect(try self.run("--help").output.contains("USAGE: DERPServer map"))
        #expect(try self.run("lint").status == .code(64))
        #expect(try self.run("show", "--json", "--yaml", "map.json").errors.contains("can't be combined"))
        #expect(try self.run("lint", "ftp://h/").output.contains("is not an http or https URL"))
    }
}
