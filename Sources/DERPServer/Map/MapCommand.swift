import ArgumentParser

/// `DERPServer map …`: what can be done with maps without serving them.
struct MapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "DERPServer map",
        abstract: "Check, merge and compare DERP maps in YAML (headscale's derp.yaml) or JSON.",
        subcommands: [MapLintCommand.self, MapShowCommand.self, MapDiffCommand.self]
    )
}

/// One of the things that can be done with maps.
protocol MapSubcommand: ParsableCommand, Sendable {
    /// Does it.
    func perform() async -> CommandOutcome
}

/// What a command that doesn't serve has to say.
struct CommandOutcome: Hashable, Sendable {
    /// For standard output.
    var output = ""
    /// For standard error.
    var errors = ""
    /// The exit status.
    var status: Int32 = 0
}

/// What maps are fetched with.
struct FetchOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Authorities to trust besides the system's, as PEM.", valueName: "file"))
    var caFile: String?
}
