import ArgumentParser

/// The micro-benchmarks, counted in instructions.
@main
struct DerpMicro: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "derp-micro",
        abstract: "Counts the instructions of the relay's smallest pieces of work.",
        subcommands: [CountCommand.self, RunCommand.self]
    )
}
