import ArgumentParser

@main
struct DerpSoak: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "derp-soak",
        abstract: "Runs a relay for a long time, with everything that happens to relays, and checks it.",
        discussion: "Exit code 1: a check failed.",
        subcommands: [RunCommand.self, VictimsCommand.self],
        defaultSubcommand: RunCommand.self
    )
}
