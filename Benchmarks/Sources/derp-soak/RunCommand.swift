import ArgumentParser
import FoundationEssentials
import LoadKit
import SoakKit

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run", abstract: "Runs a soak, and prints its report.")

    @Option(help: "The server's path.")
    var server: String

    @Option(help: "How long it lasts, apart from the beginning and the end; up to 1440.")
    var minutes = 30.0

    @Option(help: "How many clients there are, 100…9000.")
    var clients = 5000

    @Option(help: "The time between two takeovers, in seconds, at least 20. Longer than the soak: there is none.")
    var takeoverSeconds = 300.0

    @Option(help: "Where the report goes besides standard output.")
    var report: String?

    @Option(help: "The report's title.")
    var title = "A soak"

    func validate() throws {
        guard self.minutes > 0, self.minutes <= 1440 else {
            throw ValidationError("--minutes must be more than 0, and up to 1440")
        }
        guard self.clients >= 100, self.clients <= 9000 else { throw ValidationError("--clients must be 100…9000") }
        guard self.takeoverSeconds >= 20 else { throw ValidationError("--takeover-seconds must be at least 20") }
        guard FileManager.default.isExecutableFile(atPath: self.server) else {
            throw ValidationError("--server: there is no program at \(self.server)")
        }
        // Not only after half an hour.
        if let path = self.report {
            let directory = URL(filePath: path).deletingLastPathComponent().path
            guard FileManager.default.isWritableFile(atPath: directory) else {
                throw ValidationError("--report: nothing can be written to \(directory)")
            }
        }
    }

    func run() async throws {
        Limits.raiseOpenFiles()
        var settings = SoakSettings(
            program: self.server,
            seconds: self.minutes * 60,
            clients: self.clients,
            takeoverSeconds: self.takeoverSeconds
        )
        settings.title = self.title
        let report = try await Soak(settings).run()
        print(report.markdown)
        if let path = self.report { try Data(report.markdown.utf8).write(to: URL(filePath: path)) }
        guard report.holds else { throw ExitCode.failure }
    }
}
