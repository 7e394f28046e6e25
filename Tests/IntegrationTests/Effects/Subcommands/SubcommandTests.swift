import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import DERPServer

@Suite("Every subcommand", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct SubcommandTests {
    static let runs: [SubcommandRun] =
        SubcommandRun.each("map lint", "SOURCE REMOVAL", "removal.yaml:2: info: null removes nothing: region 7 isn't")
        + SubcommandRun.each("map show", "SOURCE OTHER", "901     lab   The Lab")
        + SubcommandRun.each("map show", "--json SOURCE", #"{"Regions":{"901":"#)
        + SubcommandRun.each("map show", "--yaml SOURCE", "regioncode: lab")
        + SubcommandRun.each("map diff", "SOURCE OTHER", "+  902  r902")
        + SubcommandRun.each("map diff", "OTHER SOURCE", "-  902  r902")
        + SubcommandRun.each("check", "lab --http-port HELPER --map SOURCE", "Region 901 lab: The Lab")
        + SubcommandRun.each("check", "--all --http-port HELPER --map SOURCE", "0 errors")
        + [
            SubcommandRun(
                command: "check",
                source: nil,
                arguments: "--stun-port -1 --http-port HELPER --cert-name PIN RELAY",
                expected: "0 errors"
            ),
            SubcommandRun(command: "help", source: nil, arguments: "", expected: "DERPServer"),
            SubcommandRun(
                command: "help",
                source: nil,
                arguments: "map lint",
                expected: "Report what is wrong with maps"
            ),
            SubcommandRun(command: "help", source: nil, arguments: "check", expected: "Check relays"),
            SubcommandRun(command: "help", source: nil, arguments: "flags", expected: "| `-a` | `:443` |"),
        ]

    private let publisher: ServerProcess

    init() throws {
        self.publisher = try ServerProcess(
            ServerOptions(
                hasHelperPort: true,
                flags: ["--region-id=901", "--region-code=lab", "--region-name=The Lab"]
            )
        )
    }

    @Test("It does what it says, wherever its map is from", arguments: runs)
    func effect(run: SubcommandRun) throws { try run.verify(self.publisher) }

    @Test("Every subcommand has its rows, with a file, a URL and standard input if it reads maps")
    func complete() throws {
        let directory = try TemporaryDirectory()
        let process = try ChildProcess([BuiltProducts.server, "--help"], directory: directory.url, name: "help")
        #expect(try process.waitForExit() == .code(0))
        let lines = process.output.split(separator: "\n")
        let outer = Set(lines.compactMap { $0.firstMatch(of: /\ DERPServer ([a-z]+)/).map { String($0.1) } })
        #expect(outer.isSuperset(of: ["check", "map"]), "the help doesn't name them")
        let inner = MapCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
        #expect(!inner.isEmpty)
        for command in outer.subtracting(["map"]).union(inner.map { "map \($0)" }).sorted() {
            let runs = Self.runs.filter { $0.command == command }
            #expect(!runs.isEmpty, "\(command) has no row")
            guard command != "help" else { continue }
            let missing = Set(SubcommandRun.Source.allCases).subtracting(runs.compactMap(\.source))
            #expect(missing.map(\.rawValue).sorted() == [], "\(command) isn't run with these")
        }
    }
}
