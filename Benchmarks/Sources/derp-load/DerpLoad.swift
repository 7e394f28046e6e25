import ArgumentParser
import CLoad

@main
struct DerpLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "derp-load",
        abstract: "Loads a DERP server, and checks and times what comes back.",
        subcommands: [
            RelayCommand.self, PingPongCommand.self, IdleCommand.self, ConnectCommand.self, STUNCommand.self,
            CompareCommand.self, AllocationsCommand.self, SuiteCommand.self,
        ]
    )
}
