import Foundation
import Testing

/// A program that a test talks to. It ends with this value.
final class Program: @unchecked Sendable {
    // @unchecked: used by one test's task at a time.
    private let process = Process()
    private let input = Pipe()
    private let directory: URL
    private var output: URL { self.directory.appending(path: "output") }

    /// Starts the program called `name`, in a directory that holds the test's certificate as `cert.pem` and `key.pem`.
    init(_ name: String, _ arguments: [String]) throws {
        self.directory = FileManager.default.temporaryDirectory.appending(path: "program-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
        try Data(TestCertificate.chainPEM.utf8).write(to: self.directory.appending(path: "cert.pem"))
        try Data(TestCertificate.keyPEM.utf8).write(to: self.directory.appending(path: "key.pem"))
        try Data().write(to: self.output)
        let handle = try FileHandle(forWritingTo: self.output)
        self.process.executableURL = URL(filePath: "/usr/bin/env")
        self.process.arguments = [name] + arguments
        self.process.currentDirectoryURL = self.directory
        self.process.standardInput = self.input
        self.process.standardOutput = handle
        self.process.standardError = handle
        try self.process.run()
    }

    deinit {
        if self.process.isRunning { kill(self.process.processIdentifier, SIGKILL) }
        self.process.waitUntilExit()
        try? FileManager.default.removeItem(at: self.directory)
    }

    /// What it has written to its standard output and error.
    var text: String { (try? Data(contentsOf: self.output)).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    func write(_ text: String) throws {
        try self.input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    }

    func closeInput() throws {
        try self.input.fileHandleForWriting.close()
    }

    /// Waits until it has written `text` `count` times.
    func wait(for text: String, count: Int = 1) async throws {
        try await self.wait("'\(text)' in: \(self.text)") { self.text.components(separatedBy: text).count > count }
    }

    /// Waits for its end, and returns its status.
    func waitForExit() async throws -> Int32 {
        try await self.wait("the end") { !self.process.isRunning }
        return self.process.terminationStatus
    }

    private func wait(_ what: String, until isMet: () -> Bool) async throws {
        let start = ContinuousClock.now
        while !isMet() {
            try #require(start.duration(to: .now) < .seconds(20), "no \(what)\n\(self.text)")
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
