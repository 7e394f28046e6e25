import AsyncSockets
import IPAddresses
import DERPKit
import Glibc
import Logging

extension OutputQueue {
    /// Standard error, for the log.
    static let standardError = OutputQueue(STDERR_FILENO, describeLoss: OutputQueue.logLine)

    /// Standard output, for what programs read. A loss is reported in the log, because programs wouldn't understand the
    /// line.
    static let standardOutput = OutputQueue(STDOUT_FILENO) { count in
        OutputQueue.standardError.write(OutputQueue.logLine(count))
        return ""
    }

    /// How long the process waits at its end for the last lines to be read.
    static let farewell: Duration = .milliseconds(250)

    /// Waits for both, at most ``farewell`` in all.
    static func flush() {
        let deadline = ContinuousClock.now + Self.farewell
        Self.standardOutput.flush(within: Self.farewell)
        Self.standardError.flush(within: deadline - .now)
    }

    private static func logLine(_ lostLines: Int) -> String {
        let line = CaughtLine()
        let logger = Logger(label: "DERPServer") { StreamLogHandler(label: $0, stream: line) }
        logger.warning("Log lines were dropped: nothing read them in time", metadata: ["lines": "\(lostLines)"])
        return line.text.withLock { $0 }
    }
}

/// Catches what a logger writes.
private final class CaughtLine: TextOutputStream, Sendable {
    let text = Lock("")

    func write(_ string: String) { self.text.withLock { $0 += string } }
}

extension Logger {
    /// A logger to standard error that never waits for the reader.
    static func server(level: Level) -> Logger {
        var logger = Logger(label: "DERPServer") { StreamLogHandler(label: $0, stream: VisibleLines()) }
        logger.logLevel = level
        return logger
    }
}

/// Keeps each log line on one line, whatever it contains. ``OutsideText`` cleans text from strangers where it comes in;
/// this catches what was overlooked.
private struct VisibleLines: TextOutputStream, Sendable {
    /// The most characters of a line.
    private static let limit = 8192

    func write(_ string: String) {
        let text = string.rest(before: "\n") ?? string[...]
        // True for nearly all lines: a character above U+007F has bytes above 0x7f.
        let isPlain = text.utf8.count <= Self.limit && text.utf8.allSatisfy { (0x20..<0x7f).contains($0) }
        OutputQueue.standardError.write(isPlain ? string : OutsideText.line(text, limit: Self.limit) + "\n")
    }
}
