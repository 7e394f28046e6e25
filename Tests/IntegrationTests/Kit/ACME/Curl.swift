import Foundation
import TestSupport

/// The `curl` program, as a judge of certificates that shares no code with what is judged.
enum Curl {
    /// Gets `/generate_204` of a server on 127.0.0.1 by one of its names, and gives the status; throws when the
    /// certificate isn't trusted by `authority`, or is for another name.
    static func status(of name: String, port: UInt16, authority: String) throws -> String {
        let directory = try TemporaryDirectory()
        let process = try ChildProcess(
            [
                "curl", "--silent", "--show-error", "--cacert", authority, "--resolve", "\(name):\(port):127.0.0.1",
                "--write-out", "%{http_code}", "--max-time", "10", "https://\(name):\(port)/generate_204",
            ],
            directory: directory.url,
            name: "curl"
        )
        guard try process.waitForExit(within: .seconds(20)) == .code(0) else { throw KitError.closed(process.errors) }
        return process.output
    }
}
