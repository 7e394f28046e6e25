import Testing

@testable import DERPKit

@Suite("What the kernel says of memory")
struct MemoryTextTests {
    @Test("where the process is among the cgroups")
    func cgroup() {
        #expect(MemoryText.cgroup("0::/system.slice/derp.service\n") == .init(unified: "/system.slice/derp.service"))
        #expect(MemoryText.cgroup("0::/\n") == .init(unified: "/"))
        let hybrid = "12:cpu,memory:/docker/1a\n4:memory-like:/x\n1:name=systemd:/\n0::/a:b\n"
        #expect(MemoryText.cgroup(hybrid) == .init(unified: "/a:b", legacy: "/docker/1a"))
        for text in ["", "0::", "0::relative\n", "nonsense", "4:memory\n", "\u{600}:\n"] {
            #expect(MemoryText.cgroup(text) == .init())
        }
    }

    @Test("the folders up to the root, but none outside of the namespace")
    func ancestors() {
        #expect(MemoryText.ancestors(of: "/a/b.slice") == ["/a/b.slice", "/a", ""])
        #expect(MemoryText.ancestors(of: "/") == [""])
        #expect(MemoryText.ancestors(of: "/../../other") == [""])
    }

    @Test(
        "limits",
        arguments: [
            ("max\n", nil), ("536870912\n", 536_870_912), ("0\n", 0), ("9223372036854771712\n", nil), ("", nil),
            ("-1\n", nil), ("1 2\n", nil), ("99999999999999999999999\n", nil),
        ]
    )
    func limit(text: String, limit: Int?) {
        #expect(MemoryText.limit(text) == limit)
    }

    @Test("values of lines")
    func value() {
        let stat = "anon 4096\ninactive_file 8192\ntotal_inactive_file 1\nnumber x\nbare\n"
        #expect(MemoryText.value(of: "inactive_file", in: stat) == 8192)
        #expect(MemoryText.value(of: "file", in: stat) == nil)
        #expect(MemoryText.value(of: "number", in: stat) == nil && MemoryText.value(of: "bare", in: stat) == nil)
        let meminfo = "MemTotal:       24684192 kB\nMemAvailable:   22700000 kB\n"
        #expect(MemoryText.value(of: "MemTotal:", in: meminfo) == 24_684_192 * 1024)
        #expect(MemoryText.value(of: "MemAvailable:", in: meminfo) == 22_700_000 * 1024)
    }

    @Test("what is mapped, and what of it is in memory")
    func pages() throws {
        let pages = try #require(MemoryText.pages("38000 8500 6000 1500 0 16000 0\n"))
        #expect(pages == (38000, 8500, 16000))
        #expect(MemoryText.pages("1 2 3\n") == nil && MemoryText.pages("") == nil)
        #expect(MemoryText.pages("1 -2 3 4 5 6 7\n") == nil)
    }
}
