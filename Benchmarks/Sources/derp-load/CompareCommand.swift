import ArgumentParser
import LoadKit

struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Does the same work to several servers in turn, and prints how the first does against the others.",
        discussion: """
            A command is run by the shell, with {port}, {stun-port} and {dir} replaced by a free TCP port, a free UDP \
            port and an empty directory. It must serve on 127.0.0.1, with TLS unless --plain is given. Every measurement \
            starts the server anew, on processors of its own where there are more than one.

            A scenario is a mode with its options ("relay --size 100 --pairs 3"), or one of these names:
            \(Preset.help)
            """
    )

    @Option(
        name: .customLong("server"),
        help: ArgumentHelp("A server, and how to start it. Repeatable.", valueName: "name=command")
    )
    var servers: [String]

    @Option(
        name: .customLong("limit"),
        help: ArgumentHelp("How to start tls-limit, as a server that does nothing but TLS.", valueName: "name=command")
    )
    var limits: [String] = []

    @Option(
        name: .customLong("proxy"),
        help: ArgumentHelp(
            """
            How to start a proxy, as another limit. It must pass connections on to port {sink-port} of 127.0.0.1, where \
            this program listens; a certificate for it is in {dir}/server.pem.
            """,
            valueName: "name=command"
        )
    )
    var proxies: [String] = []

    @Option(
        name: .customLong("scenario"),
        help: "What to do. Repeatable; without it, all that have names."
    )
    var scenarios: [String] = []

    @Option(help: "How often each scenario is done to each server.")
    var rounds = 3

    @Flag(help: "The servers speak plain HTTP.")
    var plain = false

    @Option(help: "How many event loops generate the load.")
    var loops = 1

    @Option(
        name: .customLong("server-cpus"),
        help: "How many processors the server has to itself, where there are more; 0 pins nobody."
    )
    var serverCPUs = 1

    @Flag(help: "Print JSON instead of tables.")
    var json = false

    func validate() throws {
        guard !self.servers.isEmpty else { throw ValidationError("--server is missing") }
        guard (1...100).contains(self.rounds) else { throw ValidationError("--rounds must be 1…100") }
        guard (1...64).contains(self.loops), (0...63).contains(self.serverCPUs) else {
            throw ValidationError("--loops must be 1…64, --server-cpus 0…63")
        }
        guard self.proxies.isEmpty || self.loops == 1 else { throw ValidationError("--proxy needs --loops 1") }
        _ = try self.comparison()
    }

    private func comparison() throws -> Comparison {
        let names = self.scenarios.isEmpty ? Preset.all.map(\.name) : self.scenarios
        let servers =
            try self.servers.map { try ServerRecipe($0) } + self.limits.map { try ServerRecipe($0, .limit) }
            + self.proxies.map { try ServerRecipe($0, .proxy) }
        var comparison = Comparison(
            try names.map { name in
                var trial = Trial(name, try Preset.scenario(name), servers)
                trial.rounds = self.rounds
                trial.isTLS = !self.plain
                return trial
            }
        )
        comparison.loops = self.loops
        comparison.serverProcessors = self.serverCPUs
        return comparison
    }

    func run() async throws {
        Limits.raiseOpenFiles()
        let report = try await self.comparison().run { Terminal.tell($0) }
        print(self.json ? report.json : report.text)
        guard report.isSuccess else { throw ExitCode.failure }
    }
}
