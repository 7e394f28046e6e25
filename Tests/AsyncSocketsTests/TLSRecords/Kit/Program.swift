import Foundation
import TestSupport
import Testing

/// A program that a test talks to. It ends with this value.
final class Program: @unchecked Sendable {
    // @unchecked: used by one test's task at a time.
    private let process: ChildProcess
    private let directory: URL

    /// Starts the program called `name`, in a directory that holds the test's certificate as `cert.pem` and `key.pem`.
    init(_ name: String, _ arguments: [String]) throws {
        self.directory = FileManager.default.temporaryDirectory.appending(path: "program-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
        try Data(TestCertificate.chainPEM.utf8).write(to: self.directory.appending(path: "cert.pem"))
        try Data(TestCertificate.keyPEM.utf8).write(to: self.directory.appending(path: "key.pem"))
        self.process = try ChildProcess(
            [name] + arguments,
            input: .test,
            workingDirectory: self.directory,
            directory: self.directory,
            name: "program"
        )
    }

    deinit {
        try? FileManager.default.removeItem(at: self.directory)
    }

    /// What it has written to its standard output, and what to standard error.
    var text: String { self.process.output + self.process.errors }

    func write(_ text: String) throws {
        try self.process.write(text)
    }

    /// Waits until it has written `text` `count` times.
    func wait(for text: String, count: Int = 1) async throws {
        try await self.wait("'\(text)' in: \(self.text)") { self.text.components(separatedBy: text).count > count }
    }

    /// Waits for its end, and returns how it came.
    func waitForExit() async throws -> ProcessExit {
        try await self.wait("the end") { self.process.hasEnded }
        return try self.process.waitForExit()
    }

    private func wait(_ what: String, until isMet: () -> Bool) async throws {
        let start = ContinuousClock.now
        while !isMet() {
            try #require(start.duration(to: .now) < .seconds(20), "no \(what)\n\(self.text)")
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
