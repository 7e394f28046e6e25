import ArgumentParser
import LoadKit

struct IdleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "idle",
        abstract: "Holds many silent clients, and reads what they cost the server."
    )

    @OptionGroup var target: TargetOptions
    @OptionGroup var options: IdleOptions

    func run() async throws {
        let load = self.options.load
        try await self.target.run { try await load.run($0, group: $1, meter: $2) }
    }
}

/// The options of the idle mode.
struct IdleOptions: ParsableArguments {
    @Option(help: "How many clients.")
    var clients = 1000

    @Option(help: "Seconds they stay before memory is read.")
    var hold = 3.0

    func validate() throws {
        guard (1...1_000_000).contains(self.clients) else { throw ValidationError("--clients must be 1…1000000") }
        guard self.hold > 0 else { throw ValidationError("--hold must be above 0") }
    }

    var load: IdleLoad {
        var load = IdleLoad()
        load.count = self.clients
        load.hold = .seconds(self.hold)
        return load
    }
}
