import ArgumentParser
import LoadKit

struct RefusedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refused",
        abstract:
            "Comes again and again, as stock clients do that a server doesn't admit, and reads what that costs it.",
        discussion: "The server must refuse whoever comes: give it an --allow-file with nobody in it."
    )

    @OptionGroup var target: TargetOptions
    @OptionGroup var options: RefusedOptions

    func run() async throws {
        let load = self.options.load
        try await self.target.run { try await load.run($0, group: $1, meter: $2) }
    }
}

/// The options of the refused mode.
struct RefusedOptions: ParsableArguments {
    @Option(help: "How many clients.")
    var clients = 1000

    @Option(help: "Seconds of measuring, once each client has tried once.")
    var duration = 60.0

    @Option(help: "Seconds between two packets of a client.")
    var packetInterval = 1.0

    func validate() throws {
        guard (1...100_000).contains(self.clients) else { throw ValidationError("--clients must be 1…100000") }
        guard self.duration > 0 else { throw ValidationError("--duration must be above 0") }
        guard self.packetInterval >= 0.01 else { throw ValidationError("--packet-interval must be at least 0.01") }
    }

    var load: RefusedLoad {
        var load = RefusedLoad()
        load.count = self.clients
        load.duration = .seconds(self.duration)
        load.packetInterval = .seconds(self.packetInterval)
        return load
    }
}
