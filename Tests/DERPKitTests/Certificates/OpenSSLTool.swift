import Foundation
import TestSupport

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
        let directory = try TemporaryDirectory()
        let process = try ChildProcess(
            ["openssl"] + arguments,
            input: .file(URL(filePath: directory.write(input, to: "input"))),
            directory: URL(filePath: directory.path),
            name: "openssl"
        )
        let status = try process.waitForExit(within: .seconds(60))
        let text = process.output + process.errors
        guard status == .code(0) else { throw Failure(output: text) }
        return text
    }
}
