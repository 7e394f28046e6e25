import ArgumentParser

/// `DERPServer map lint SOURCE…`.
struct MapLintCommand: MapSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Report what is wrong with maps, with line numbers. Exits with 1 if there are errors.",
        discussion: MapCommand.discussion
    )

    @Argument(help: "Files, pipes, or URLs; -: standard input.")
    var sources: [String] = []

    @OptionGroup var fetch: FetchOptions

    var names: [String] { self.sources }

    func isComplete(with served: ServedMap?) -> Bool { !self.sources.isEmpty || served != nil }

    func perform(with served: ServedMap?) async -> CommandOutcome {
        let read = await MapSources(self.sources, with: served, fetch: self.fetch)
        return CommandOutcome(
            output: read.findings.map { $0 + "\n" }.joined(),
            status: read.hasErrors ? 1 : 0
        )
    }
}
