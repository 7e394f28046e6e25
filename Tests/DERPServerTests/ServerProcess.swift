import Foundation
import TestSupport
import Testing

/// The built executable, run as its users run it.
final class ServerProcess {
    private let process: ChildProcess
    private let directory = FileManager.default.temporaryDirectory.appending(path: "derp-server-\(UUID().uuidString)")

    /// Starts it with `arguments`.
    init(_ arguments: [String], environment: [String: String] = ["HOME": "/nonexistent"]) throws {
        try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
        self.process = try ChildProcess(
            [ServerUnderTest.path] + arguments,
            environment: environment,
            isIsolated: true,
            directory: self.directory,
            name: "server"
        )
    }

    deinit {
        try? FileManager.default.removeItem(at: self.directory)
    }

    /// Waits for a line on standard error that contains `text`, and returns it; `nil` when the process ends before.
    func errorLine(containing text: String) throws -> String? {
        let start = ContinuousClock.now
        while true {
            let hasEnded = self.process.hasEnded
            let lines = self.process.errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            if let line = lines.first(where: { $0.contains(text) }) { return String(line) }
            guard !hasEnded else { return nil }
            try #require(start.duration(to: .now) < .seconds(30), "no \(text)")
            usleep(2000)
        }
    }

    /// Sends a signal.
    func send(_ signal: Int32) { self.process.send(signal: signal) }

    /// Waits for the end: how it came, and what was written.
    func wait() throws -> (status: ProcessExit, output: String, errors: String) {
        let status = try self.process.waitForExit(within: .seconds(30))
        return (status, self.process.output, self.process.errors)
    }
}
