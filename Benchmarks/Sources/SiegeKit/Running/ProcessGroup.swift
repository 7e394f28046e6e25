import CLoad
import Glibc

/// A shell command that runs as the leader of its own process group.
struct ProcessGroup: Sendable {
    /// The leader's pid. It is also that of the command's own process if that replaces the shell (`exec`).
    let leader: Int32

    init(_ command: String, in directory: String, log: String) throws {
        self.leader = cload_spawn(command, directory, log, 0)
        guard self.leader > 0 else { throw SiegeError("can't start: \(command)") }
    }

    /// Whether the leader has ended. Check this until it is true, because that reaps the process.
    var hasEnded: Bool { cload_reap(self.leader) == 1 }

    /// Asks the group to end, and kills it after so many seconds.
    func stop(within seconds: Double) async {
        cload_signal_group(self.leader, SIGTERM)
        let end = cload_now() + UInt64(seconds * 1e9)
        while !self.hasEnded {
            if cload_now() >= end { cload_signal_group(self.leader, SIGKILL) }
            try? await Task.sleep(for: .milliseconds(20))
        }
        // Kills what the command left behind, such as the process that doesn't read a pipe.
        cload_signal_group(self.leader, SIGKILL)
    }
}
