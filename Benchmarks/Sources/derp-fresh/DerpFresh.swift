import ArgumentParser

@main
struct DerpFresh: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "derp-fresh",
        abstract: "Measures how old packets are when they come to a receiver on a slow line.",
        discussion: "Needs root. All that it makes ends with it.",
        subcommands: [MeasureCommand.self, LineCommand.self],
        defaultSubcommand: MeasureCommand.self
    )
}
