import ArgumentParser

/// `DERPServer map lint SOURCE…`.
struct MapLintCommand: MapSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Say what is wrong with maps, with line numbers. Exits with 1 when there are errors."
    )

    @Argument(help: "Files, or URLs.")
    var sources: [String]

    @OptionGroup var fetch: FetchOptions

    func perform() async -> CommandOutcome {
        let read = await MapSources(self.sources, fetch: self.fetch)
        return CommandOutcome(
            output: read.findings.map { $0 + "\n" }.joined(),
            status: read.hasErrors ? 1 : 0
        )
    }
}
