import Foundation

/// Plays stories, each in a process of its own.
package struct Player {
    private let options: StoryOptions
    private let program: URL

    /// - Parameter directory: Where the program `derp-play` is.
    package init(options: StoryOptions, directory: URL) {
        self.options = options
        self.program = directory.appending(path: "derp-play")
    }

    package struct Play {
        package let hasFailed: Bool
        package let lines: [String]
        /// The simulated time, in seconds.
        package let seconds: Double

        /// When the first rule was found broken, in seconds.
        package var firstViolation: Double? {
            self.lines.lazy.compactMap { line in
                guard line.hasPrefix("broken: ") else { return nil }
                return Double(line.dropFirst(8).prefix { $0 != " " })
            }.min()
        }

        /// The rules that were broken: what is said of them, without numbers. Empty if the relay crashed.
        var rules: Set<String> {
            Set(self.lines.filter { $0.hasPrefix("broken: ") }.map { $0.filter { !$0.isNumber } })
        }

        /// Whether this fails as `other` does.
        func fails(like other: Play) -> Bool {
            self.hasFailed && (self.rules.isEmpty ? other.rules.isEmpty : !self.rules.isDisjoint(with: other.rules))
        }
    }

    /// Why a story could not be played to its end.
    package struct Failure: Error {
        package let reason: String
    }

    /// After this many seconds, a story counts as hanging.
    private static let longestPlay = 900

    /// - Parameters:
    ///   - events: The events to play; `nil`: all of them.
    ///   - isBrief: Whether the play ends when a rule has been broken.
    package func play(seed: UInt64, events: [Int]? = nil, isBrief: Bool = false) throws -> Play {
        let process = Process()
        process.executableURL = self.program
        process.arguments = ["--seed", "\(seed)"] + self.options.arguments
        if isBrief { process.arguments?.append("--brief") }
        if let events { process.arguments! += ["--events", "\(EventRanges(events))"] }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        do {
            try process.run()
        } catch {
            throw Failure(reason: "\(self.program.path) can't be run: \(error.localizedDescription)")
        }
        let watch = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(Self.longestPlay), execute: watch)
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        watch.cancel()
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
        let seconds = lines.last?.split(separator: " ").first.flatMap { Double($0) }
        if let reason = Self.reason(process, isTold: seconds != nil) {
            throw Failure(reason: "seed \(seed): \(([reason] + lines.suffix(3)).joined(separator: "; "))")
        }
        return Play(hasFailed: process.terminationStatus != 0, lines: lines, seconds: seconds ?? 0)
    }

    /// Returns why what a player did says nothing of the relay. A crash does: the relay is in the same process.
    private static func reason(_ process: Process, isTold: Bool) -> String? {
        let status = process.terminationStatus
        guard process.terminationReason == .exit else {
            switch status {
            case SIGTERM: return "it was ended, or took more than \(Self.longestPlay) s"
            case SIGKILL, SIGINT, SIGHUP: return "it was ended by signal \(status)"
            default: return nil
            }
        }
        return status <= 1 && isTold ? nil : "it ended with status \(status)"
    }
}
