import DERPKit
import Foundation
import TestSupport
import Testing

@testable import DERPServer

@Suite("DERPServer map, of what a configuration would serve", .blocking)
struct ServedMapTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "derp-map-\(UUID().uuidString)")

    private static let other =
        "regions:\n  901: {regioncode: other, nodes: [{name: 901a, hostname: other.relays.test}]}\n"
    private static let more = "regions:\n  902: {regioncode: more, nodes: [{name: 902a, hostname: more.relays.test}]}\n"
    private static let configuration = """
        relay:
          hostname: relay.relays.test
          address: ":8443"
          certmode: none
          region_id: 950
          region_code: mine
          stun: false
          map_path: DIRECTORY/other.yaml
        """

    private func run(
        _ arguments: [String],
        files: [String: String] = [:],
        environment: [String: String] = ["HOME": "/nonexistent"]
    ) throws -> (status: ProcessExit, output: String, errors: String) {
        try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: self.directory) }
        let standard = ["other.yaml": Self.other, "more.yaml": Self.more, "derp.yaml": Self.configuration]
        for (name, text) in standard.merging(files, uniquingKeysWith: { $1 }) {
            let text = text.replacing("DIRECTORY", with: self.directory.path)
            try Data(text.utf8).write(to: self.directory.appending(path: name))
        }
        let arguments = arguments.map { $0.replacing("DIRECTORY", with: self.directory.path) }
        let end = try ServerProcess(["map"] + arguments, environment: environment).wait()
        let prefix = self.directory.path + "/"
        return (end.status, end.output.replacing(prefix, with: ""), end.errors.replacing(prefix, with: ""))
    }

    @Test("show lays together the configuration's sources, those that are named, and the own region")
    func show() throws {
        let shown = try self.run(["show", "--config", "DIRECTORY/derp.yaml", "DIRECTORY/more.yaml"])
        #expect(
            shown == (
                .code(0),
                """
                REGION  CODE   NAME        NODES              FROM
                901     other              other.relays.test  other.yaml
                902     more               more.relays.test   more.yaml
                950     mine   DERP relay  relay.relays.test  this server

                """, ""
            )
        )
    }

    @Test("what show prints is what a server with the same flags serves")
    func served() throws {
        let flags = ["--config=DIRECTORY/derp.yaml", "-a=127.0.0.1:8444", "--region-name=A name", "--ipv6=none"]
        let json = try self.run(["show", "--json"] + flags).output
        let map = try DERPMap(json: Array(json.utf8))
        let node = try #require(map.regions[950]?.nodes.first)
        #expect(map.regions[950]?.regionName == "A name")
        #expect(
            node
                == DERPNode(
                    name: "950a",
                    regionID: 950,
                    hostName: "relay.relays.test",
                    ipv4: "127.0.0.1",
                    ipv6: "none",
                    stunPort: -1,
                    derpPort: 8444
                )
        )
        #expect(map.regions[901] != nil)
    }

    @Test("the own region's flags do without a configuration, a key and a certificate; one that is there is pinned")
    func flags() throws {
        let line = ["show", "--json", "-hostname", "127.0.0.1", "-certdir", "DIRECTORY/certs", "--region-id=777"]
        let missing = try self.run(line)
        #expect(
            missing.status == .code(0) && missing.output.contains("\"777\"") && !missing.output.contains("CertName")
        )
        #expect(missing.errors == "info: the certificate is made at the first start: its pin isn't in the map yet\n")

        let store = FileManager.default.temporaryDirectory.appending(path: "derp-certs-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: store) }
        let certificate = try Certificate.selfSigned(for: "127.0.0.1", directory: store)
        let pinned = try self.run(line.map { $0 == "DIRECTORY/certs" ? store : $0 })
        #expect(pinned.status == .code(0) && pinned.output.contains(certificate.pin) && pinned.errors == "")
    }

    @Test("variables count when the server's settings do, and not otherwise")
    func variables() throws {
        let environment = ["HOME": "/nonexistent", "DERP_REGION_ID": "960"]
        let own = try self.run(["show", "--config=DIRECTORY/derp.yaml"], environment: environment)
        #expect(own.output.contains("960") && !own.output.contains("950"))
        let plain = try self.run(["show", "DIRECTORY/more.yaml"], environment: environment)
        #expect(!plain.output.contains("960") && plain.output.contains("902"))
    }

    @Test("lint tells what is wrong with the configuration's sources and its own region")
    func lint() throws {
        let clean = try self.run(["lint", "--config=DIRECTORY/derp.yaml"])
        #expect(clean == (.code(0), "", ""))
        let own = try self.run(["lint", "--config=DIRECTORY/derp.yaml", "--ipv4=198.51.100.1"])
        #expect(own.output.hasPrefix("this server: warning: 198.51.100.1 is"))
        let broken = try self.run(["lint", "--config=DIRECTORY/derp.yaml"], files: ["other.yaml": "regions: {"])
        #expect(broken.status == .code(1) && broken.output.hasPrefix("other.yaml:2: error: "))
    }

    @Test("diff tells what clients would see of a configuration")
    func diff() throws {
        let end = try self.run(["diff", "DIRECTORY/other.yaml", "--config=DIRECTORY/derp.yaml"])
        #expect(end == (.code(0), "+  950  mine  DERP relay  950a=relay.relays.test:8443\n", ""))
        #expect(try self.run(["diff", "DIRECTORY/other.yaml"]).status == .code(64))
    }

    @Test("a wrong setting is reported with its place, and without a source or a setting nothing can be done")
    func mistakes() throws {
        let file = try self.run(
            ["show", "--config=DIRECTORY/derp.yaml"],
            files: ["derp.yaml": "relay:\n  stunport: 1\n"]
        )
        #expect(file.status == .code(64))
        #expect(file.errors == "DERPServer: map: derp.yaml:2: relay has no key \"stunport\": did you mean stun_port?\n")
        let flag = try self.run(["show", "-stun-port=x"])
        #expect(flag.status == .code(64) && flag.errors.contains("-stun-port is 0…65535"))
        let nothing = try self.run(["lint"])
        #expect(nothing.status == .code(64) && nothing.errors.contains("a source is missing"))
    }
}
