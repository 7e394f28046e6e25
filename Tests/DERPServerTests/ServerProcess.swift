import Foundation

/// The built executable, run as its users run it.
final class ServerProcess {
    private let process = Process()
    private let output = Pipe()
    private let errors = Pipe()

    /// Starts it with `arguments`.
    init(_ arguments: [String], environment: [String: String] = ["HOME": "/nonexistent"]) throws {
        // The tests are built into the same directory.
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        self.process.executableURL = tests.deletingLastPathComponent().appendingPathComponent("DERPServer")
        self.process.arguments = arguments
        self.process.environment = environment
        self.process.standardOutput = self.output
        self.process.standardError = self.errors
        try self.process.run()
    }

    deinit {
        if self.process.isRunning { kill(self.process.processIdentifier, SIGKILL) }
    }

    /// Waits for a line on standard error that contains `text`, and returns it; `nil` when the process ends before.
    func errorLine(containing text: String) -> String? {
        var line = [UInt8]()
        while let byte = try? self.errors.fileHandleForReading.read(upToCount: 1)?.first {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            let read = String(decoding: line, as: UTF8.self)
            if read.contains(text) { return read }
            line = []
        }
        return nil
    }

    /// Sends a signal.
    func send(_ signal: Int32) { kill(self.process.processIdentifier, signal) }

    /// Waits for the end: exit status, or the signal's number and 128, and what was written and not yet read.
    func wait() -> (status: Int32, output: String, errors: String) {
        let output = String(decoding: self.output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let errors = String(decoding: self.errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        self.process.waitUntilExit()
        let status = self.process.terminationStatus
        return (self.process.terminationReason == .exit ? status : status + 128, output, errors)
    }
}
