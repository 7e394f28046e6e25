import ArgumentParser
import LoadKit

struct PingPongCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pingpong",
        abstract: "Sends one packet to and fro, and times the round trips."
    )

    @OptionGroup var target: TargetOptions
    @OptionGroup var limit: LimitOptions
    @OptionGroup var options: PingPongOptions

    func run() async throws {
        let load = self.options.load
        try await self.target.run(self.limit) { try await load.run($0, group: $1, meter: $2) }
    }
}

/// The options of the ping-pong mode.
struct PingPongOptions: ParsableArguments {
    @Option(help: "Bytes of a packet, 32…65536.")
    var size = 100

    @Option(help: "Seconds before measuring.")
    var warmup = 0.5

    @Option(help: "Seconds of measuring.")
    var duration = 3.0

    func validate() throws {
        guard RelayLoad.sizes.contains(self.size) else { throw ValidationError("--size must be 32…65536") }
        guard self.warmup >= 0, self.duration > 0 else { throw ValidationError("--duration must be above 0") }
    }

    var load: RelayLoad {
        var load = RelayLoad()
        load.shape = .pingPong
        load.count = 1
        load.sizes = [self.size]
        load.pace = .window(1)
        load.warmup = .seconds(self.warmup)
        load.duration = .seconds(self.duration)
        return load
    }
}
