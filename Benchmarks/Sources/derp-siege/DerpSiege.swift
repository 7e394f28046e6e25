import ArgumentParser

@main
struct DerpSiege: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "derp-siege",
        abstract: "Attacks a relay that it starts, and measures what bystanders feel of it.",
        discussion: "Exit code 1: something was not reached, or could not be played.",
        subcommands: [PlayCommand.self, AttackCommand.self],
        defaultSubcommand: PlayCommand.self
    )
}
