import ArgumentParser
import CLoad
import FoundationEssentials
import Glibc
import MicroCases

struct CountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "count",
        abstract: "Counts instructions by single steps, in user space, where no processor's counter is to be had.",
        discussion: """
            Thresholds are a JSON object from a case's name to its most instructions. Counts differ between \
            processors by what the C library and OpenSSL choose for them.
            """
    )

    @Option(help: "Exit with code 1 when a case takes more than this file says, or isn't in it.")
    var thresholds: String?

    @Option(help: "Write this file anew: what was counted, and a twentieth more.")
    var write: String?

    func run() throws {
        let most = try self.thresholds.map { try Thresholds(path: $0) }
        var counted: [String: Int] = [:]
        var isWithin = true
        for one in MicroCase.all {
            let instructions = try Self.count(one)
            counted[one.name] = instructions
            let limit = most?.limits[one.name]
            let isGood = most == nil || limit.map { instructions <= $0 } ?? false
            isWithin = isWithin && isGood
            let verdict = most == nil ? "" : "  " + (isGood ? "within \(limit ?? 0)" : "MORE THAN \(limit ?? 0)")
            print("\(one.name)\(String(repeating: " ", count: max(1, 40 - one.name.count)))\(instructions)\(verdict)")
            fflush(nil)
        }
        if let path = self.write {
            try Thresholds(limits: counted.mapValues { $0 + ($0 + 19) / 20 }).write(to: path)
        }
        guard isWithin else { throw ExitCode.failure }
    }

    /// Returns the number of instructions for doing the work once.
    private static func count(_ one: MicroCase) throws -> Int {
        let total = cload_count_instructions(CommandLine.arguments[0], one.name, "\(one.repetitions)")
        guard total > 0 else { throw ValidationError("\(one.name): could not be counted") }
        return Int(total) / one.repetitions
    }
}
