import Foundation
import Testing

@testable import DERPKit

@Suite("Looking for limits of memory")
struct MemoryProbeTests {
    private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))

    /// Files below a directory of the test's own, as the kernel would have them below `/`.
    private func bounds(_ files: [String: String], addressSpace: Int? = nil, data: Int? = nil) throws -> [MemoryBound] {
        let root = FileManager.default.temporaryDirectory.appending(path: "memory-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        return MemoryProbe(
            proc: root.appending(path: "proc").path,
            cgroups: root.appending(path: "cgroup").path,
            addressSpace: addressSpace,
            data: data
        ).bounds()
    }

    @Test("of nested cgroups each that has a limit is heeded, and the file cache isn't used")
    func nested() throws {
        let bounds = try self.bounds([
            "proc/self/cgroup": "0::/pod/derp\n",
            "cgroup/pod/derp/memory.max": "max\n",
            "cgroup/pod/derp/memory.high": "300000000\n",
            "cgroup/pod/derp/memory.current": "100000000\n",
            "cgroup/pod/derp/memory.stat": "anon 5\ninactive_file 60000000\n",
            "cgroup/pod/memory.max": "200000000\n",
            "cgroup/pod/memory.high": "max\n",
            "cgroup/pod/memory.current": "150000000\n",
            "cgroup/memory.stat": "inactive_file 1\n",
        ])
        #expect(
            bounds == [
                MemoryBound(.container, total: 300_000_000, used: 40_000_000),
                MemoryBound(.container, total: 200_000_000, used: 150_000_000),
            ]
        )
        #expect(bounds.map(\.left) == [260_000_000, 50_000_000])
        #expect(MemoryPlan(bounds).queues == 50_000_000 && MemoryPlan(bounds).pending == 12_500_000)
    }

    @Test("in a container the limit is at the root of what it sees")
    func container() throws {
        let bounds = try self.bounds([
            "proc/self/cgroup": "0::/\n", "cgroup/memory.max": "536870912\n", "cgroup/memory.current": "1000\n",
        ])
        #expect(bounds == [MemoryBound(.container, total: 512 << 20, used: 1000)])
        #expect(MemoryPlan(bounds).queues == 128 << 20 && MemoryPlan(bounds).bound == bounds[0])
    }

    @Test("version 1")
    func legacy() throws {
        let bounds = try self.bounds([
            "proc/self/cgroup": "4:memory:/a\n0::/\n",
            "cgroup/memory/a/memory.limit_in_bytes": "9223372036854771712\n",
            "cgroup/memory/a/memory.usage_in_bytes": "1\n",
            "cgroup/memory/memory.limit_in_bytes": "1073741824\n",
            "cgroup/memory/memory.usage_in_bytes": "5000\n",
            "cgroup/memory/memory.stat": "inactive_file 1\ntotal_inactive_file 2000\n",
        ])
        #expect(bounds == [MemoryBound(.container, total: 1 << 30, used: 3000)])
        #expect(MemoryPlan(bounds).queues == 256 << 20 && MemoryPlan(bounds).bound == nil)
    }

    @Test("the process's own limits, and the machine")
    func process() throws {
        let bounds = try self.bounds(
            [
                "proc/self/statm": "1000 800 600 1 0 500 0\n",
                "proc/meminfo": "MemTotal: 1000 kB\nMemFree: 1 kB\nMemAvailable: 400 kB\n",
            ],
            addressSpace: 3000 * Self.page,
            data: 1000 * Self.page
        )
        #expect(
            bounds == [
                MemoryBound(.addressSpace, total: 3000 * Self.page, used: 1000 * Self.page),
                MemoryBound(.data, total: 1000 * Self.page, used: 500 * Self.page),
                MemoryBound(.machine, total: 1000 * 1024, used: 600 * 1024),
            ]
        )
        #expect(try self.bounds([:], addressSpace: 1).isEmpty)
    }

    @Test("it finds this machine's memory")
    func here() {
        #expect(MemoryProbe().bounds().contains { $0.kind == .machine && $0.total > 1 << 24 && $0.left > 0 })
    }
}
