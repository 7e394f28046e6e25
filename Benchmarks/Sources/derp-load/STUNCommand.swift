import ArgumentParser
import AsyncSockets
import LoadKit

struct STUNCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stun",
        abstract: "Asks the server's STUN port, and checks the answers."
    )

    @OptionGroup var target: TargetOptions
    @OptionGroup var options: STUNOptions

    func run() async throws {
        let load = self.options.load
        let port = self.options.stunPort
        try await self.target.run { target, group, meter in
            try await load.run(IPEndpoint(target.address.ip, port: port), group: group, meter: meter)
        }
    }
}

/// The options of the stun mode.
struct STUNOptions: ParsableArguments {
    @Option(help: "The server's STUN port, at the URL's host.")
    var stunPort: UInt16 = 3478

    @Option(help: "How many sockets ask.")
    var sockets = 8

    @Option(help: "How many requests of each socket are on their way at any time, 1…64.")
    var window = 16

    @Option(help: "Seconds of measuring.")
    var duration = 3.0

    func validate() throws {
        guard (1...1000).contains(self.sockets), (1...64).contains(self.window) else {
            throw ValidationError("--sockets must be 1…1000, --window 1…64")
        }
        guard self.duration > 0 else { throw ValidationError("--duration must be above 0") }
    }

    var load: STUNLoad {
        var load = STUNLoad()
        load.sockets = self.sockets
        load.window = self.window
        load.duration = .seconds(self.duration)
        return load
    }
}
