import Testing

@testable import DERPServer

@Suite("Help")
struct HelpTests {
    private static func text(_ arguments: [String]) throws -> String {
        let environment = HostEnvironment(isRoot: false, hostname: "machine", variables: [:])
        switch CommandLineRequest(arguments, in: environment) {
        case .print(let text): return text
        case .refuse(let error): throw error
        case .serve, .map, .check, .checkSettings: throw UsageError("not help")
        }
    }

    private static func text(_ line: String) throws -> String {
        try self.text(line.split(separator: " ").map(String.init))
    }

    @Test("the server's own names every command", arguments: ["--help", "-h", "-stun=false --help", "help"])
    func server(line: String) throws {
        let text = try Self.text(line)
        for part in ["map lint|show|diff", "check REGION|URL", "help [COMMAND", "-stun-port"] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test("each form that asks about a command gets that command's own", arguments: ["lint", "show", "diff"])
    func subcommands(name: String) throws {
        let expected = "USAGE: DERPServer map \(name) "
        for line in [
            "map \(name) --help", "map \(name) -h", "map \(name) a b --help", "map help \(name)", "help map \(name)",
        ] {
            #expect(try Self.text(line).contains(expected), "\(line)")
        }
    }

    @Test(
        "the commands that have others below them, or none",
        arguments: [
            ("map", "USAGE: DERPServer map <subcommand>"), ("map --help", "USAGE: DERPServer map <subcommand>"),
            ("map help", "USAGE: DERPServer map <subcommand>"), ("help map", "USAGE: DERPServer map <subcommand>"),
            ("check --help", "USAGE: DERPServer check "), ("check help", "USAGE: DERPServer check "),
            ("help check", "USAGE: DERPServer check "), ("check -h", "USAGE: DERPServer check "),
        ]
    )
    func commands(line: String, expected: String) throws {
        #expect(try Self.text(line).contains(expected))
    }

    @Test(
        "an unknown command is refused, and those that there are named",
        arguments: ["help serve", "map help x", "map x -h"]
    )
    func unknown(line: String) throws {
        let error = #expect(throws: UsageError.self) { try Self.text(line) }
        #expect(error?.description.contains("there is no command \"") == true)
        #expect(error?.description.contains("map lint") == true)
    }
}
