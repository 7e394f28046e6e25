import AsyncSockets

/// Reads how many processors the process may use: those of its affinity, or fewer if its cgroup (version 2) gets less time
/// than they have.
package struct ProcessorProbe: Sendable {
    private let proc: String
    private let cgroups: String
    private let affinity: Int

    /// Reads what limits this process.
    package init() {
        self.init(proc: "/proc", cgroups: "/sys/fs/cgroup", affinity: ProcessResources.processorCount)
    }

    init(proc: String, cgroups: String, affinity: Int) {
        self.proc = proc
        self.cgroups = cgroups
        self.affinity = affinity
    }

    /// The number of processors, at least one. Part of one counts as a whole one. What can't be read limits nothing.
    package var count: Int { max(min(self.affinity, self.quota ?? .max), 1) }

    /// The smallest quota of the cgroup and those above it.
    private var quota: Int? {
        guard let path = self.text("\(self.proc)/self/cgroup").flatMap({ MemoryText.cgroup($0).unified }) else {
            return nil
        }
        return MemoryText.ancestors(of: path)
            .compactMap { self.text("\(self.cgroups)\($0)/cpu.max").flatMap(Self.quota) }
            .min()
    }

    private func text(_ path: String) -> String? { try? FileReader.text(at: path, limit: 1 << 16) }

    /// The quota in `cpu.max` (Documentation/admin-guide/cgroup-v2.rst): microseconds of processor time in a period, and the
    /// period's microseconds. `nil` for `max`, and for anything else.
    private static func quota(_ text: String) -> Int? {
        let words = text.utf8.split { $0 == 0x20 || $0 == 0x0a }.map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 2, let time = Int(words[0]), let period = Int(words[1]), time > 0, period > 0 else {
            return nil
        }
        return time / period + (time % period > 0 ? 1 : 0)
    }
}
