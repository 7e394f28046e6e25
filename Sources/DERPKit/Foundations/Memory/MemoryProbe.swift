import Glibc

/// Reads what limits the memory of the process, and how much is used. Keeps nothing open. Reading takes some ten
/// microseconds, and waits for no disk.
package struct MemoryProbe: Sendable {
    private let proc: String
    private let cgroups: String
    /// The values of RLIMIT_AS and RLIMIT_DATA, in bytes; `nil` means no limit.
    private let addressSpace: Int?
    private let data: Int?

    /// Reads the limits of this process.
    package init() {
        self.init(
            proc: "/proc",
            cgroups: "/sys/fs/cgroup",
            addressSpace: Self.resourceLimit(__rlimit_resource_t(RLIMIT_AS.rawValue)),
            data: Self.resourceLimit(__rlimit_resource_t(RLIMIT_DATA.rawValue))
        )
    }

    init(proc: String, cgroups: String, addressSpace: Int? = nil, data: Int? = nil) {
        self.proc = proc
        self.cgroups = cgroups
        self.addressSpace = addressSpace
        self.data = data
    }

    private static func resourceLimit(_ resource: __rlimit_resource_t) -> Int? {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < 1 << 60 else { return nil }
        return Int(limit.rlim_cur)
    }

    /// Returns everything that limits the process now. What can't be read limits nothing.
    package func bounds() -> [MemoryBound] {
        self.processBounds() + self.containerBounds() + self.machineBounds()
    }

    private func text(_ path: String) -> String? { try? FileReader.text(at: path, limit: 1 << 16) }

    private func processBounds() -> [MemoryBound] {
        guard self.addressSpace != nil || self.data != nil,
            let pages = self.pages
        else { return [] }
        return [
            self.addressSpace.map { MemoryBound(.addressSpace, total: $0, used: pages.mapped * Self.pageSize) },
            self.data.map { MemoryBound(.data, total: $0, used: pages.data * Self.pageSize) },
        ].compactMap { $0 }
    }

    /// Returns what the process has in memory, in bytes, or `nil` if that can't be read.
    package var residentByteCount: Int? { self.pages.map { $0.resident * Self.pageSize } }

    private var pages: (mapped: Int, resident: Int, data: Int)? {
        self.text("\(self.proc)/self/statm").flatMap(MemoryText.pages)
    }

    private static var pageSize: Int { max(sysconf(Int32(_SC_PAGESIZE)), 0) }

    private func containerBounds() -> [MemoryBound] {
        guard let cgroup = self.text("\(self.proc)/self/cgroup").map(MemoryText.cgroup) else { return [] }
        let unified = cgroup.unified.map { path in
            MemoryText.ancestors(of: path).compactMap { folder in
                self.bound(
                    in: self.cgroups + folder,
                    limits: ["memory.max", "memory.high"],
                    usage: "memory.current",
                    cache: "inactive_file"
                )
            }
        }
        let legacy = cgroup.legacy.map { path in
            MemoryText.ancestors(of: path).compactMap { folder in
                self.bound(
                    in: "\(self.cgroups)/memory\(folder)",
                    limits: ["memory.limit_in_bytes"],
                    usage: "memory.usage_in_bytes",
                    cache: "total_inactive_file"
                )
            }
        }
        return (unified ?? []) + (legacy ?? [])
    }

    /// Returns what limits a cgroup. The file cache that the kernel would give up first doesn't count as used.
    private func bound(in folder: String, limits: [String], usage: String, cache: String) -> MemoryBound? {
        let limits = limits.compactMap { self.text("\(folder)/\($0)").flatMap(MemoryText.limit) }
        guard let limit = limits.min(), let used = self.text("\(folder)/\(usage)").flatMap(MemoryText.limit) else {
            return nil
        }
        let reclaimable = self.text("\(folder)/memory.stat").flatMap { MemoryText.value(of: cache, in: $0) } ?? 0
        return MemoryBound(.container, total: limit, used: max(used - reclaimable, 0))
    }

    private func machineBounds() -> [MemoryBound] {
        guard let text = self.text("\(self.proc)/meminfo"),
            let total = MemoryText.value(of: "MemTotal:", in: text),
            let available = MemoryText.value(of: "MemAvailable:", in: text)
        else { return [] }
        return [MemoryBound(.machine, total: total, used: max(total - available, 0))]
    }
}
