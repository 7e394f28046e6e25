import ArgumentParser
import IPAddresses

/// A command line that asks for help: `help`, `help map lint`, `map help lint`, `map lint --help`, `check -h`.
///
/// ``GoArguments`` reads the server's own flags, among which `--help` may be anywhere.
enum HelpRequest {
    /// The commands that a command line asks about, the outermost first; `nil` if it doesn't ask for help.
    static func path(in arguments: [String]) -> [String]? {
        guard let first = arguments.first else { return nil }
        if first == "help" { return Array(arguments.dropFirst()) }
        let rest = arguments.dropFirst()
        switch first {
        case "map":
            if rest.first == "help" { return [first] + rest.dropFirst() }
            guard rest.contains(where: Self.asks) else { return nil }
            return [first] + rest.prefix(1).filter { !$0.begins(with: "-") }
        case "check":
            return rest == ["help"] || rest.contains(where: Self.asks) ? [first] : nil
        default:
            return nil
        }
    }

    private static func asks(_ argument: String) -> Bool { ["-h", "-help", "--help"].contains(argument) }

    /// The help of the command at `path`.
    ///
    /// - Throws: ``UsageError`` when there is no such command.
    static func text(about path: [String]) throws(UsageError) -> String {
        switch path {
        case []: return FlagHelp.text
        case ["flags"]: return FlagPage.text
        case ["check"]: return CheckCommand.helpMessage()
        case ["map"]: return MapCommand.helpMessage()
        case ["map", "lint"]: return MapCommand.helpMessage(for: MapLintCommand.self)
        case ["map", "show"]: return MapCommand.helpMessage(for: MapShowCommand.self)
        case ["map", "diff"]: return MapCommand.helpMessage(for: MapDiffCommand.self)
        default:
            let name = UsageError.quote(path.joined(separator: " "))
            throw UsageError(
                "there is no command \(name): there are check, map, map lint, map show, map diff, and flags"
            )
        }
    }
}
