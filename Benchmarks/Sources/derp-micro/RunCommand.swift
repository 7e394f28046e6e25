import ArgumentParser
import CLoad
import MicroCases

/// Does the work of one case between two marks, for the program that counts.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Does the work of one case so many times.",
        shouldDisplay: false
    )

    @Argument var name: String
    @Argument var count: Int

    func run() throws {
        guard let work = try MicroCase.named(self.name)?.prepare() else { throw ValidationError("no such case") }
        // The first-time costs don't count.
        work(self.count)
        cload_mark()
        work(self.count)
        cload_mark()
    }
}
