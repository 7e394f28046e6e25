import Foundation
import TestSupport
import Testing

@Suite("--check-config", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct CheckConfigTests {
    private let directory: TemporaryDirectory

    init() throws { self.directory = try TemporaryDirectory() }

    private func path(_ name: String) -> String { self.directory.file(name).path }

    /// Runs it on a file of settings, with everything that may be made in a directory of its own.
    private func check(
        _ settings: String,
        _ flags: String...
    ) throws -> (status: ProcessExit, output: String, errors: String) {
        try self.directory.write(settings, to: "derp.yaml")
        let logs = try TemporaryDirectory()
        let process = try ChildProcess(
            [BuiltProducts.server, "--check-config", "--config", self.path("derp.yaml")] + flags,
            environment: ["XDG_CACHE_HOME": self.path("cache")],
            directory: logs.url,
            name: "check"
        )
        let status = try process.waitForExit()
        return (status, process.output, process.errors)
    }

    private var basis: String {
        """
        relay:
          address: 127.0.0.1:0
          hostname: 127.0.0.1
          http_port: 0
          stun_port: 0
          key_file: \(self.path("derper.key"))
          certdir: \(self.path(""))

        """
    }

    @Test("What can be used is said to be, with exit code 0, and nothing is made")
    func good() throws {
        let result = try self.check(self.basis)
        #expect(result.status == .code(0) && result.errors == "")
        #expect(
            result.output == """
                warning: Anybody who reaches this server may relay through it \
                (cause: none of --allow-file, -verify-clients and -verify-client-url)
                The configuration can be used.

                """
        )
        #expect(try FileManager.default.contentsOfDirectory(atPath: self.directory.url.path) == ["derp.yaml"])
    }

    @Test("Files that a start would create or read again are read and left unchanged")
    func existing() throws {
        let server = try ServerProcess(ServerOptions(directory: self.directory))
        try server.stop()
        let key = try self.directory.contents(of: "derper.key")
        #expect(try self.check(self.basis).status == .code(0))
        #expect(try self.directory.contents(of: "derper.key") == key)
        // A certificate without its key is no reason to make another.
        try FileManager.default.moveItem(
            at: self.directory.file("127.0.0.1.crt"),
            to: self.directory.file("127.0.0.2.crt")
        )
        let alone = try self.check(self.basis, "-hostname=127.0.0.2")
        #expect(alone.status == .code(1) && alone.errors.contains("its key"))
    }

    @Test("What looks wrong but can be used is reported line by line")
    func warnings() throws {
        try self.directory.write(
            "regions:\n  900:\n    nodes:\n    - {name: a, hostname: a.relays.test, ipv4: 198.51.100.1}\n",
            to: "map.yaml"
        )
        let result = try self.check(
            self.basis + "  map_path: \(self.path("map.yaml"))\n  map_url: http://127.0.0.1:1/map\n",
            "-certmode=none"
        )
        #expect(result.status == .code(0) && result.errors == "")
        let lines = result.output.split(separator: "\n")
        // That -certdir and -http-port count for nothing are two of them.
        #expect(lines.count == 7, "\(lines)")
        #expect(
            lines.contains(
                "\(self.path("map.yaml")):4: warning: 198.51.100.1 is a documentation address, which no host has"
            )
        )
        #expect(lines.contains { $0.hasPrefix("warning: http://127.0.0.1:1/map: ") })
        #expect(lines.contains("warning: Plain HTTP, not encrypted (cause: -certmode none)"))
    }

    @Test("An address that is left from an example is reported, also in this server's own region")
    func example() throws {
        let result = try self.check(self.basis + "  ipv4: 198.51.100.1\n")
        #expect(result.status == .code(0))
        #expect(
            result.output.hasPrefix("warning: This server's region looks wrong in the map (problem: 198.51.100.1 is")
        )
    }

    /// Something that is named in line 6 of the configuration and can't be used.
    struct Broken: Sendable, CustomTestStringConvertible {
        let setting: String
        let content: String?
        let error: String

        var testDescription: String { self.setting }
    }

    @Test(
        "What would keep it from starting is one line that names the line of the configuration, with exit code 1",
        arguments: [
            Broken(setting: "key-file", content: "privkey:0", error: "-c: can't read the key file"),
            Broken(setting: "allow_file", content: "# one\nx\n", error: "--allow-file: "),
            Broken(setting: "deny_file", content: nil, error: "--deny-file: can't read"),
            Broken(setting: "map_path", content: "regions: {0: }", error: "--map-path: "),
            Broken(setting: "ca_file", content: "x", error: "--ca-file: "),
        ]
    )
    func broken(broken: Broken) throws {
        if let content = broken.content { try self.directory.write(content, to: "broken") }
        let settings = """
            relay:
              address: 127.0.0.1:0
              hostname: 127.0.0.1
              certmode: none
              # Line 6:
              \(broken.setting): \(self.path("broken"))
            """
        let flags = broken.setting == "key-file" ? [] : ["-c=\(self.path("derper.key"))"]
        let result = try flags.isEmpty ? self.check(settings) : self.check(settings, flags[0])
        #expect(result.status == .code(1) && result.output == "")
        #expect(result.errors.hasPrefix("DERPServer: \(self.path("derp.yaml")):6: \(broken.error)"), "\(result.errors)")
        #expect(result.errors.contains(self.path("broken")))
        #expect(result.errors.split(separator: "\n").count == 1)
    }

    @Test("A mistake in the file or on the command line is one line, with exit code 64")
    func mistakes() throws {
        let unknown = try self.check(self.basis + "  stunport: 1\n")
        #expect(unknown.status == .code(64))
        let place = "\(self.path("derp.yaml")):8"
        #expect(unknown.errors == "DERPServer: \(place): relay has no key \"stunport\": did you mean stun_port?\n")
        #expect(try self.check(self.basis, "-stun-port=x").status == .code(64))
    }

    @Test("A certificate of another host is reported")
    func certificate() throws {
        try GeneratedCertificate.write(to: self.directory, hostname: "127.0.0.1")
        #expect(try self.check(self.basis, "-certmode=manual").status == .code(0))
        let missing = try self.check(self.basis, "-certmode=manual", "-hostname=127.0.0.2")
        #expect(missing.status == .code(1) && missing.errors.contains("-certdir: "))
    }
}
