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
    }

    package func play(seed: UInt64, events: [Int]? = nil) throws -> Play {
        let process = Process()
        process.executableURL = self.program
        process.arguments = ["--seed", "\(seed)"] + self.options.arguments
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

    /// Leaves out what isn't needed for the story to fail, as long as `end` has not come.
    package func shrink(seed: UInt64, until end: ContinuousClock.Instant) throws -> [Int] {
        var kept = Array(self.options.story(seed: seed).events.indices)
        var size = max(1, kept.count / 2)
        while size >= 1 {
            var start = 0
            while start < kept.count, ContinuousClock.now < end {
                var fewer = kept
                fewer.removeSubrange(start..<min(start + size, kept.count))
                if try !fewer.isEmpty && self.play(seed: seed, events: fewer).hasFailed {
                    kept = fewer
                } else {
                    start += size
                }
            }
            guard size > 1, ContinuousClock.now < end else { break }
            size /= 2
        }
        return kept
    }
}
