import AsyncSockets
import Logging

/// A log that a test reads.
final class NotedLines: Sendable {
    struct Line: Sendable {
        let level: Logger.Level
        let message: String
        let metadata: [String: String]

        /// How many lines it stands for: those left out before it, and itself.
        var count: Int { 1 + (self.metadata["left_out"].flatMap { Int($0) } ?? 0) }
    }

    private let lines = Lock<[Line]>([])

    /// All that were said.
    var all: [Line] { self.lines.withLock { $0 } }

    /// Those that say `message`.
    func all(_ message: String) -> [Line] { self.all.filter { $0.message == message } }

    func logger(_ level: Logger.Level = .info) -> Logger {
        var logger = Logger(label: "test") { _ in Handler(lines: self) }
        logger.logLevel = level
        return logger
    }

    private struct Handler: LogHandler {
        let lines: NotedLines
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line = Line(
                level: event.level,
                message: "\(event.message)",
                metadata: (event.metadata ?? [:]).mapValues { "\($0)" }
            )
            self.lines.lines.withLock { $0.append(line) }
        }
    }
}
