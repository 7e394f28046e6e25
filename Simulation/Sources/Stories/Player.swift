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
    }

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
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
        let seconds = lines.last?.split(separator: " ").first.flatMap { Double($0) } ?? 0
        return Play(hasFailed: process.terminationStatus != 0, lines: lines, seconds: seconds)
    }
}
