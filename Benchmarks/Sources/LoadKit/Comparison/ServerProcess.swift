import AsyncSockets
import CLoad
import FoundationEssentials
import Glibc

/// A server that was started for a measurement: all processes of one group.
struct ServerProcess: Sendable {
    let name: String
    let login: Target.Login
    /// The group's id.
    let leader: Int32
    let port: UInt16
    let stunPort: UInt16
    let directory: String
    /// The time of the start on the monotonic clock, in nanoseconds.
    let started: UInt64

    /// The running processes of the group.
    var pids: [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { getpgid($0) == self.leader && !Self.hasEnded($0) }
    }

    /// Returns whether the process has ended and only waits to be reaped. If another process inherited it from the
    /// shell, that may take long. The state comes after the name in `/proc/PID/stat` (proc(5)).
    private static func hasEnded(_ pid: Int32) -> Bool {
        let text = TextFile.read("/proc/\(pid)/stat")
        guard let end = text.lastIndex(of: ")") else { return true }
        return text[end...].dropFirst(2).first == "Z"
    }

    func target(isTLS: Bool) throws -> Target {
        try Target(url: "\(isTLS ? "https" : "http")://127.0.0.1:\(self.port)", login: self.login)
    }

    /// Waits until the server has relayed a packet, and returns the time since its start.
    ///
    /// - Throws: ``LoadError`` with the end of its log if the server ends, or takes more than 20 s.
    func waitUntilReady(_ target: Target, _ group: IOLoopGroup) async throws -> Duration {
        let end = self.started + 20_000_000_000
        var last = "no connection"
        while cload_now() < end {
            guard cload_reap(self.leader) == 0 else { throw self.failure("it ended at once") }
            do {
                try await FirstPacket.relay(by: target, group)
                return .nanoseconds(Int64(cload_now() - self.started))
            } catch {
                last = "\(error)"
                try await Task.sleep(for: .milliseconds(1))
            }
        }
        throw self.failure(last)
    }

    private func failure(_ reason: String) -> LoadError {
        let log = TextFile.read(self.directory + "/derp-load.log").suffix(1000)
        return LoadError("\(self.name) doesn't serve: \(reason)\n\(log)")
    }

    /// Asks the server to end, kills it after 7 s, and removes its directory.
    func stop() async {
        cload_signal_group(self.leader, SIGTERM)
        var waits = 0
        while cload_reap(self.leader) == 0 || !self.pids.isEmpty {
            waits += 1
            if waits == 700 { cload_signal_group(self.leader, SIGKILL) }
            if waits > 800 { break }
            try? await Task.sleep(for: .milliseconds(10))
        }
        TemporaryDirectory.remove(self.directory)
    }
}
