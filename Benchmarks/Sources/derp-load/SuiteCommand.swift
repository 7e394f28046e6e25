import ArgumentParser
import FoundationEssentials
import LoadKit

struct SuiteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suite",
        abstract: "Measures everything, and writes JSON, a summary and plots.",
        discussion: """
            Servers are named and started as in "compare". The first one is judged by the project's goals; where its \
            command says where {loops} goes, two event loops are held against one. Exit code 1: something went wrong; a \
            goal that is missed is not an error.
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
        help: ArgumentHelp("How to start a proxy from TLS to TLS, as another limit.", valueName: "name=command")
    )
    var proxies: [String] = []

    @Option(
        name: .customLong("plain-server"),
        help: ArgumentHelp("How to start a server that speaks plain HTTP. Repeatable.", valueName: "name=command")
    )
    var plainServers: [String] = []

    @Option(
        name: .customLong("plain-limit"),
        help: ArgumentHelp("How to start tls-limit without TLS.", valueName: "name=command")
    )
    var plainLimits: [String] = []

    @Option(help: ArgumentHelp("Where to write; made when missing.", valueName: "directory"))
    var output: String

    @Option(help: "What the summary is headed with.")
    var title = "Benchmarks"

    @Flag(help: "One short round of each instead.")
    var quick = false

    func run() async throws {
        Limits.raiseOpenFiles()
        let plan = self.quick ? SuitePlan.quick : SuitePlan.full
        let lineup = Lineup(
            servers: try Self.recipes(self.servers, self.limits) + self.proxies.map { try ServerRecipe($0, .proxy) },
            plain: try Self.recipes(self.plainServers, self.plainLimits)
        )
        let comparison = Comparison(try plan.trials(lineup))
        let report = try await comparison.run { Terminal.tell($0) }
        let goals = GoalTable(report.verdicts(on: Goal.all))
        try FileManager.default.createDirectory(atPath: self.output, withIntermediateDirectories: true)
        try self.write(report.json, "results.json")
        try self.write(self.summary(of: report, goals, plan), "README.md")
        for (name, plot) in plan.plots(of: report) { try self.write(plot.svg, name) }
        Terminal.tell("\n\(goals.text)\n\nWritten to \(self.output)")
        guard report.isSuccess else { throw ExitCode.failure }
    }

    private func write(_ text: String, _ name: String) throws {
        let path = self.output + "/" + name
        guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
            throw LoadError("\(path) can't be written")
        }
    }

    private static func recipes(_ servers: [String], _ limits: [String]) throws -> [ServerRecipe] {
        try servers.map { try ServerRecipe($0) } + limits.map { try ServerRecipe($0, .limit) }
    }

    private func summary(of report: ComparisonReport, _ goals: GoalTable, _ plan: SuitePlan) -> String {
        let (count, busy) = report.measurements
        let images = plan.plots(of: report).map { "![\($0.name)](\($0.name))" }.joined(separator: "\n")
        return """
            # \(self.title)

            \(goals.markdown)

            Medians of the rounds, with the lowest and the highest; a ratio is the first column's value over the \
            other's, round by round. TLS 1.3, server and generator on a processor each where there are two. Latencies \
            count from the intended time of sending. The machine was busy with other work during \(busy) of \(count) \
            measurements.

            \(images)

            \(report.markdown)
            """
    }
}
