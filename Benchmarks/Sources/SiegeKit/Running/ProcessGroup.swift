import CLoad
import Glibc

/// A shell command that runs as the leader of a process group of its own.
struct ProcessGroup: Sendable {
    /// Also the command's own process, when it replaces the shell (`exec`).
    let leader: Int32

    init(_ command: String, in directory: String, log: String) throws {
        self.leader = cload_spawn(command, directory, log, 0)
        guard self.leader > 0 else { throw SiegeError("can't start: \(command)") }
    }

    /// Whether it has ended. To be asked until it has.
    var hasEnded: Bool { cload_reap(self.leader) == 1 }

    /// Asks it to end, and insists after so many seconds.
    func stop(within seconds: Double) async {
        cload_signal_group(self.leader, SIGTERM)
        let end = cload_now() + UInt64(seconds * 1e9)
        while !self.hasEnded {
            if cload_now() >= end { cload_signal_group(self.leader, SIGKILL) }
            try? await Task.sleep(for: .milliseconds(20))
        }
        // What it left behind, such as who doesn't read a pipe.
        cload_signal_group(self.leader, SIGKILL)
    }
}
