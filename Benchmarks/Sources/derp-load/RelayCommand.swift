import ArgumentParser
import LoadKit

struct RelayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay",
        abstract: "Sends packets between clients of the server, and checks every byte that arrives."
    )

    @OptionGroup var target: TargetOptions
    @OptionGroup var limit: LimitOptions
    @OptionGroup var options: RelayOptions

    func run() async throws {
        let load = try self.options.load()
        try await self.target.run(self.limit) { try await load.run($0, group: $1, meter: $2) }
    }
}
