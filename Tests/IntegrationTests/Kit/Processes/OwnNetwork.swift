import Foundation
import TestSupport

/// A shell script on a network that nobody else is in, and with processes of its own, which end with it.
enum OwnNetwork {
    /// What is written before a command to run it so. Whoever isn't root is so in a namespace of users.
    ///
    /// /proc is that of its own processes: Swift's runtime crashes where it finds its threads in no /proc.
    static var prefix: [String] {
        ["unshare"] + (getuid() == 0 ? [] : ["-r"]) + ["-n", "-p", "-f", "--mount-proc", "--kill-child"]
    }

    /// Starts `script` in `directory` with the server's path as `$0`, and `arguments`.
    static func run(_ script: String, _ arguments: [String] = [], in directory: TemporaryDirectory) throws
        -> ChildProcess
    {
        try directory.write("ip link set lo up\n" + script, to: "script")
        return try ChildProcess(
            self.prefix + ["sh", "-c", ". ./script", BuiltProducts.server] + arguments,
            workingDirectory: directory.url,
            directory: directory.url,
            name: "network"
        )
    }
}
