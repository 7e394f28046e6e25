import Foundation
import TestSupport
import Testing

@Suite("DERPServer map, from pipes", .blocking)
struct MapInputTests {
    private static let map =
        "regions:\n  900:\n    regioncode: ours\n    nodes: [{name: 900a, hostname: relay.relays.test}]\n"

    /// What a shell makes of `script`, in which `$0` is the program and `map.yaml` a map.
    private func run(_ script: String) throws -> (status: ProcessExit, output: String, errors: String) {
        let directory = FileManager.default.temporaryDirectory.appending(path: "derp-map-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data(Self.map.utf8).write(to: directory.appending(path: "map.yaml"))
        let process = try ChildProcess(
            ["/bin/bash", "-c", script, ServerUnderTest.path],
            environment: ["PATH": "/usr/bin:/bin"],
            isIsolated: true,
            workingDirectory: directory,
            directory: directory,
            name: "shell"
        )
        let status = try process.waitForExit(within: .seconds(30))
        return (status, process.output, process.errors)
    }

    @Test(
        "each command reads standard input, pipes with names and without",
        arguments: [
            "$0 map COMMAND - < map.yaml", "cat map.yaml | $0 map COMMAND -", "$0 map COMMAND <(cat map.yaml)",
            "mkfifo p; cat map.yaml > p & $0 map COMMAND p", "cat map.yaml | $0 map COMMAND /dev/stdin",
        ]
    )
    func inputs(script: String) throws {
        let lint = try self.run(script.replacing("COMMAND", with: "lint"))
        #expect(lint == (.code(0), "", ""))
        let show = try self.run(script.replacing("COMMAND", with: "show"))
        #expect(show.status == .code(0) && show.output.contains("relay.relays.test"))
        let diff = try self.run(script.replacing("COMMAND", with: "diff map.yaml"))
        #expect(diff == (.code(0), "", ""))
    }

    @Test("a finding in standard input says so, with its line")
    func finding() throws {
        let lint = try self.run("echo 'regions: {900: {}}' | $0 map lint -")
        #expect(lint.output == "standard input:1: warning: region 900 has no nodes: clients can't use it\n")
    }

    @Test("standard input can be named only once", arguments: ["lint - -", "show map.yaml - -", "diff - -"])
    func twice(arguments: String) throws {
        let end = try self.run("$0 map \(arguments) < map.yaml")
        #expect(end == (.code(64), "", "DERPServer: map: standard input (-) can be read only once\n"))
    }

    @Test("check takes its map from standard input, but not again and again")
    func check() throws {
        let once = try self.run("$0 check 901 --map - < map.yaml")
        #expect(once.output.contains("It has: 900 ours."))
        let watch = try self.run("$0 check 900 --map - --watch 1s < map.yaml")
        #expect(watch.status == .code(64) && watch.errors.contains("can be read only once"))
    }

    @Test("a pipe that brings too much, or no text, is refused")
    func unusable() throws {
        let long = try self.run("head -c 6000000 /dev/zero | tr '\\0' ' ' | $0 map lint -")
        #expect(long == (.code(1), "error: can't read standard input: larger than 5 MiB\n", ""))
        let binary = try self.run("printf '\\377' | $0 map lint -")
        #expect(binary.status == .code(1) && binary.output.hasPrefix("error: can't read standard input: "))
    }
}
