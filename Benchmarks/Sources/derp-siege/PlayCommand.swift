import ArgumentParser
import FoundationEssentials
import LoadKit
import SiegeKit

struct PlayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "play",
        abstract: "Plays attacks one after another, and prints a table."
    )

    @Option(help: "The server's path.")
    var server = ""

    @Option(help: "The attacks' names; all that begin so, when it ends with a star. May be repeated.")
    var only: [String] = []

    @Flag(help: "Print all attacks, and play none.")
    var list = false

    @Option(help: "How long each measurement lasts.")
    var seconds = 6.0

    @Option(help: "Where the report goes besides standard output.")
    var output: String?

    @Option(help: "The report's title.")
    var title = "A siege"

    @Flag(inversion: .prefixedNo, help: "Play each attack also against a copy of the server.")
    var control = true

    func validate() throws {
        guard self.seconds >= 1, self.seconds <= 120 else { throw ValidationError("--seconds must be 1…120") }
        guard self.list || !self.server.isEmpty else { throw ValidationError("--server is missing") }
        _ = try self.attacks()
    }

    private func attacks() throws -> [Attack] {
        guard !self.only.isEmpty else { return Attack.all }
        return try self.only.flatMap { name in
            let found = Attack.all.filter {
                name.hasSuffix("*") ? $0.name.hasPrefix(name.dropLast()) : $0.name == name
            }
            guard !found.isEmpty else { throw ValidationError("there is no attack \(name); --list tells them") }
            return found
        }
    }

    func run() async throws {
        let attacks = try self.attacks()
        if self.list {
            for attack in attacks { print("\(attack.name): \(attack.summary)") }
            return
        }
        Limits.raiseOpenFiles()
        let siege = try self.siege()
        var report = SiegeReport(title: self.title)
        for attack in attacks {
            Terminal.tell("\(attack.name)…")
            do {
                let result = try await siege.play(attack)
                report.add(result)
                let shortcomings = result.shortcomings
                Terminal.tell("  " + (shortcomings.isEmpty ? "withstood" : shortcomings.joined(separator: ", ")))
            } catch {
                report.add(failure: "\(error)", of: attack)
                Terminal.tell("  not played: \(error)")
            }
            // Written after each attack, in case the program is stopped early.
            if let output { try Data(report.markdown.utf8).write(to: URL(filePath: output)) }
        }
        print(report.markdown)
        guard report.isReached else { throw ExitCode.failure }
    }

    private func siege() throws -> Siege {
        var siege = try Siege(program: self.server, seconds: self.seconds)
        siege.hasControl = self.control
        return siege
    }
}
