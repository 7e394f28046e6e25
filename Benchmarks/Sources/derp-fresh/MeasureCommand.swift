import ArgumentParser
import FoundationEssentials
import FreshKit
import Glibc
import LoadKit

struct MeasureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Floods receivers on slow lines, and prints tables.",
        discussion: """
            A command is run by the shell, with {port}, {stun-port} and {dir} replaced by a TCP port, a UDP port and an \
            empty directory. 127.0.0.1:{port} becomes an address of the network namespace in which the server runs. \
            Exit code 1: something could not be measured, or packets came wrong; a goal that is missed is \
            not an error.
            """
    )

    @Option(
        name: .customLong("server"),
        help: ArgumentHelp("A server that speaks TLS, and how to start it. Repeatable.", valueName: "name=command")
    )
    var servers: [String] = []

    @Option(
        name: .customLong("plain-server"),
        help: ArgumentHelp("A server that speaks plain HTTP. Repeatable.", valueName: "name=command")
    )
    var plainServers: [String] = []

    @OptionGroup var cases: CaseOptions

    @OptionGroup var load: LoadOptions

    @Option(help: ArgumentHelp("Where the report goes besides standard output.", valueName: "file"))
    var output: String?

    @Option(help: "The report's title.")
    var title = "Packets over slow lines"

    func validate() throws {
        guard !self.servers.isEmpty || !self.plainServers.isEmpty else {
            throw ValidationError("--server and --plain-server are missing")
        }
        _ = try self.plan()
    }

    private func plan() throws -> FreshPlan {
        var plan = FreshPlan(self.cases.cases)
        plan.settings = self.load.settings(plan.settings)
        plan.measuresLimit = self.load.limit
        if self.cases.quick { plan.settings.seconds = min(plan.settings.seconds, 4) }
        plan.servers = try self.servers.map { try ServerRecipe($0) }
        plan.plainServers = try self.plainServers.map { try ServerRecipe($0) }
        return plan
    }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        Limits.raiseOpenFiles()
        let report = try self.plan().run { Terminal.tell($0) }
        let text = report.markdown(title: self.title)
        if let output { try Data(text.utf8).write(to: URL(filePath: output)) }
        print(text)
        guard report.isSuccess else { throw ExitCode.failure }
    }
}
