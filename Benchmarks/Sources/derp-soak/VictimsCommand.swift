import ArgumentParser
import LoadKit
import SoakKit

/// The clients' process that is killed at times, which the other command starts.
struct VictimsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "victims",
        abstract: "Runs clients until the process is killed.",
        shouldDisplay: false
    )

    @Argument var url: String
    @Argument var keys: String
    @Argument var counters: String

    func run() async throws {
        Limits.raiseOpenFiles()
        try await Victims(url: self.url, keys: self.keys, counters: self.counters).run()
    }
}
