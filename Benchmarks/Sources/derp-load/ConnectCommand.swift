import ArgumentParser
import LoadKit

struct ConnectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect",
        abstract: "Logs in, leaves, and logs in again: full handshakes per second."
    )

    @OptionGroup var target: TargetOptions
    @OptionGroup var options: ConnectOptions

    func run() async throws {
        let load = self.options.load
        try await self.target.run { try await load.run($0, group: $1, meter: $2) }
    }
}

/// The options of the connect mode.
struct ConnectOptions: ParsableArguments {
    @Option(help: "How many clients log in at a time.")
    var concurrency = 16

    @Option(help: "Seconds of measuring.")
    var duration = 5.0

    func validate() throws {
        guard (1...10_000).contains(self.concurrency) else { throw ValidationError("--concurrency must be 1…10000") }
        guard self.duration > 0 else { throw ValidationError("--duration must be above 0") }
    }

    var load: ConnectLoad {
        var load = ConnectLoad()
        load.concurrency = self.concurrency
        load.duration = .seconds(self.duration)
        return load
    }
}
