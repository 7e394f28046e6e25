import Foundation

/// The `openssl` program, as a judge that shares no code with what is judged.
enum OpenSSLTool {
    struct Failure: Error { let output: String }

    /// Runs `openssl <arguments>` and returns what it prints.
    @discardableResult
    static func run(_ arguments: String..., input: [UInt8] = []) throws -> String {
        try self.run(arguments, input: input)
    }

    /// Runs `openssl <arguments>` and returns what it prints.
    @discardableResult
    static func run(_ arguments: [String], input: [UInt8] = []) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let standardInput = Pipe()
        let output = Pipe()
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input))
        try standardInput.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(output: text) }
        return text
    }
}
