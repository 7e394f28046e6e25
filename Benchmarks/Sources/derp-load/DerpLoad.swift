import ArgumentParser
import CLoad

@main
struct DerpLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "derp-load",
        abstract: "Loads a DERP server, and checks and times what comes back.",
        discussion: """
            For example: derp-load relay https://127.0.0.1:3443 --pairs 10 --window 24 --server-pid 1234

            Exit code 1: the server did something wrong (a packet came changed, twice, out of order, to somebody else or, \
            unless that is expected, not at all), or could not be measured.
            """,
        subcommands: [
            RelayCommand.self, PingPongCommand.self, IdleCommand.self, ConnectCommand.self, RefusedCommand.self,
            STUNCommand.self, CompareCommand.self, AllocationsCommand.self, CostsCommand.self, SuiteCommand.self,
        ]
    )
}
