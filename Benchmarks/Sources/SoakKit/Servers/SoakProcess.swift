import CLoad
import Glibc
import SiegeKit

/// A process that the soak started, as the leader of its own group.
final class SoakProcess: Sendable {
    let pid: Int32
    let log: String

    init(_ command: String, in directory: String, log: String) throws {
        self.pid = cload_spawn("exec \(command)", directory, log, 0)
        self.log = log
        guard self.pid > 0 else { throw SoakError("can't start: \(command)") }
    }

    var use: ServerUse { ServerUse(of: self.pid) }

    func signal(_ number: Int32) { cload_signal_group(self.pid, number) }

    /// Waits until the process has ended, and returns its status: an exit code, or 128 and the signal's number. `nil`
    /// if it still runs after so many seconds.
    func status(within seconds: Double, whileWaiting body: () async -> Void = {}) async -> Int32? {
        let end = cload_now() + UInt64(seconds * 1e9)
        while true {
            var status: Int32 = 0
            if cload_reap_status(self.pid, &status) == 1 {
                return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
            }
            guard cload_now() < end else { return nil }
            await body()
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Kills the process, and waits for its end.
    func kill() async {
        self.signal(SIGKILL)
        _ = await self.status(within: 5)
    }
}
