import Foundation
import Testing

@testable import DERPKit

@Suite("Looking for the processors that may be used")
struct ProcessorProbeTests {
    /// Files below a directory of the test's own, as the kernel would have them below `/`.
    private func count(_ files: [String: String], affinity: Int = 8) throws -> Int {
        let root = FileManager.default.temporaryDirectory.appending(path: "processors-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        return ProcessorProbe(
            proc: root.appending(path: "proc").path,
            cgroups: root.appending(path: "cgroup").path,
            affinity: affinity
        ).count
    }

    @Test(
        "A container's quota counts, rounded up",
        arguments: [
            ("max 100000\n", 8), ("200000 100000\n", 2), ("150000 100000\n", 2), ("10000 100000\n", 1),
            ("1600000 100000\n", 8), ("25000 50000\n", 1), ("", 8), ("nonsense\n", 8), ("-1 100000\n", 8),
            ("100000 0\n", 8), ("9223372036854775807 1\n", 8),
        ]
    )
    func quota(text: String, expected: Int) throws {
        #expect(try self.count(["proc/self/cgroup": "0::/pod\n", "cgroup/pod/cpu.max": text]) == expected)
    }

    @Test("Of nested cgroups, the smallest quota counts")
    func nested() throws {
        let files = [
            "proc/self/cgroup": "0::/pod/derp\n",
            "cgroup/pod/derp/cpu.max": "400000 100000\n",
            "cgroup/pod/cpu.max": "300000 100000\n",
        ]
        #expect(try self.count(files) == 3)
        #expect(try self.count(files, affinity: 2) == 2)
    }

    @Test("Without files of cgroups, the affinity counts, and one at least")
    func none() throws {
        #expect(try self.count([:]) == 8)
        #expect(try self.count(["proc/self/cgroup": "3:cpu:/a\n"]) == 8)
        #expect(try self.count([:], affinity: 0) == 1)
        #expect(ProcessorProbe().count >= 1)
    }
}
