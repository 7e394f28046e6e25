import ArgumentParser
import FoundationEssentials
import LoadKit

struct CostsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "costs",
        abstract: "Measures what everything costs a server that can be sent to it before login, and prints tables.",
        discussion: "Exit code 1: something costs more than 1 ms of its processor time, RSA certificates apart."
    )

    @Argument(help: "The server's program; without it, the one that was built beside this.")
    var program: String?

    @Option(help: "How often each message is measured.")
    var rounds = 3

    @Option(help: "Seconds of the server's processor time that each measurement takes.")
    var length = 0.1

    @Option(help: "Measure only messages with this in their name.")
    var filter: String?

    @Option(
        help: ArgumentHelp(
            "Put the tables into this file, between its comments \"costs\" and \"end of costs\".",
            valueName: "file"
        )
    )
    var into: String?

    @Option(help: "What stands above the tables.")
    var title: String?

    func validate() throws {
        guard (1...100).contains(self.rounds), (0.001...60).contains(self.length) else {
            throw ValidationError("--rounds must be 1…100, --length 0.001…60")
        }
    }

    func run() async throws {
        Limits.raiseOpenFiles()
        var measurement = CostMeasurement()
        measurement.rounds = self.rounds
        measurement.length = self.length
        measurement.filter = self.filter
        let report = try await measurement.run(self.program ?? Self.builtServer) { Terminal.tell($0) }
        let text = (self.title.map { $0 + "\n\n" } ?? "") + report.markdown
        print(text)
        if let into { try self.put(text, into: into) }
        guard report.isWithin else { throw ExitCode.failure }
    }

    private func put(_ text: String, into path: String) throws {
        let page = try String(contentsOfFile: path, encoding: .utf8)
        let (start, end) = ("<!-- costs -->\n", "<!-- end of costs -->")
        guard let first = page.range(of: start), let last = page.range(of: end), first.upperBound <= last.lowerBound
        else {
            throw ValidationError("\(path) has no place for the tables")
        }
        let new = page[..<first.upperBound] + "\n" + text + "\n" + page[last.lowerBound...]
        try String(new).write(toFile: path, atomically: true, encoding: .utf8)
    }

    private static var builtServer: String {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            + "/DERPServer"
    }
}
