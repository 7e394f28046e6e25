import ArgumentParser
import FoundationEssentials
import LoadKit

struct SuiteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suite",
        abstract: "Measures everything, and writes JSON, a summary and plots.",
        discussion: "Servers are named and started as in \"compare\"."
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

    @Option(help: ArgumentHelp("Where to write; made when missing.", valueName: "directory"))
    var output: String

    @Option(help: "What the summary is headed with.")
    var title = "Benchmarks"

    @Flag(help: "A short look at the main points instead.")
    var quick = false

    func run() async throws {
        Limits.raiseOpenFiles()
        let plan = self.quick ? SuitePlan.quick : SuitePlan.full
        var comparison = Comparison(
            servers: try self.servers.map { try ServerRecipe($0) }
                + self.limits.map { try ServerRecipe($0, login: .pair) },
            scenarios: try plan.entries.map { try Preset.scenario($0.text, name: $0.name) }
        )
        comparison.rounds = plan.rounds
        let report = try await comparison.run { Terminal.tell($0) }
        try FileManager.default.createDirectory(atPath: self.output, withIntermediateDirectories: true)
        try self.write(report.json, "results.json")
        try self.write(self.summary(of: report, plan), "README.md")
        for (name, plot) in plan.plots(of: report) { try self.write(plot.svg, name) }
        Terminal.tell("Written to \(self.output)")
        guard report.isSuccess else { throw ExitCode.failure }
    }

    private func write(_ text: String, _ name: String) throws {
        let path = self.output + "/" + name
        guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
            throw LoadError("\(path) can't be written")
        }
    }

    private func summary(of report: ComparisonReport, _ plan: SuitePlan) -> String {
        let images = plan.plots(of: report).map { "![\($0.name)](\($0.name))" }.joined(separator: "\n")
        return """
            # \(self.title)

            Medians of \(plan.rounds) round(s); a ratio is the first server's value over the other's, with the lowest \
            and the highest of the rounds. TLS 1.3, server and generator on a processor each where there are two. \
            Latencies count from the intended time of sending.

            \(images)

            \(report.markdown)
            """
    }
}
