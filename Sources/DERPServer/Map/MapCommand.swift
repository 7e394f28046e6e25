import ArgumentParser

/// `DERPServer map …`: works on maps without serving them.
struct MapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "DERPServer map",
        abstract: "Check, merge and compare DERP maps in YAML (headscale's derp.yaml) or JSON.",
        discussion: """
            A source is a file, a pipe, a URL (http:// or https://), or - for standard input.

            With --config, or any other flag of the server, the sources are merged with what a server with these settings \
            would serve: its --map-url and --map-path, and its own region last. Then DERP_… variables count too, as they do \
            for the server. DERPServer --help lists the flags.
            """,
        subcommands: [MapLintCommand.self, MapShowCommand.self, MapDiffCommand.self]
    )

    /// The help about sources, and about the server's flags.
    static let discussion = """
        A source is a file, a pipe, a URL, or - for standard input. With --config FILE, or any other flag of the server, such \
        as -hostname, -a or --region-id, the sources are merged with what a server with these settings would serve.
        """
}

/// A command about maps.
protocol MapSubcommand: ParsableCommand, Sendable {
    /// The sources that are named.
    var names: [String] { get }
    /// Whether all needed sources are given.
    func isComplete(with served: ServedMap?) -> Bool
    /// Performs the command.
    ///
    /// - Parameter served: What the given settings serve; `nil` if there are none.
    func perform(with served: ServedMap?) async -> CommandOutcome
}

/// The outcome of a command that doesn't serve.
struct CommandOutcome: Hashable, Sendable {
    /// For standard output.
    var output = ""
    /// For standard error.
    var errors = ""
    /// The exit status.
    var status: Int32 = 0
}

/// The options for fetching maps.
struct FetchOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Authorities to trust besides the system's, as PEM.", valueName: "file"))
    var caFile: String?
}
