/// Parses the kernel's files about memory (proc(5), Documentation/admin-guide/cgroup-v2.rst). Pure.
enum MemoryText {
    /// The cgroups of the process, of either version, as `/proc/self/cgroup` says: paths from the root.
    struct Cgroup: Hashable {
        var unified: String?
        var legacy: String?
    }

    static func cgroup(_ text: String) -> Cgroup {
        var cgroup = Cgroup()
        for line in self.lines(text) {
            let parts = line.split(separator: 0x3a, maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[2].first == 0x2f else { continue }
            let path = String(decoding: parts[2], as: UTF8.self)
            if parts[0].elementsEqual("0".utf8), parts[1].isEmpty { cgroup.unified = path }
            let controllers = parts[1].split(separator: 0x2c)
            if controllers.contains(where: { $0.elementsEqual("memory".utf8) }) { cgroup.legacy = path }
        }
        return cgroup
    }

    /// The folders from `path` up to the root: `/a/b`, `/a` and the empty one.
    static func ancestors(of path: String) -> [String] {
        var parts = path.utf8.split(separator: 0x2f).map { String(decoding: $0, as: UTF8.self) }
        // A path that leaves the root belongs to a process outside the namespace.
        guard !parts.contains("..") else { return [""] }
        var folders: [String] = []
        while !parts.isEmpty {
            folders.append("/" + parts.joined(separator: "/"))
            parts.removeLast()
        }
        return folders + [""]
    }

    /// Reads a number alone. Returns `nil` for `max`, for what version 1 says instead, and for anything else.
    static func limit(_ text: String) -> Int? {
        let words = text.utf8.split { $0 == 0x20 || $0 == 0x0a }
        guard words.count == 1, let value = Int(String(decoding: words[0], as: UTF8.self)) else { return nil }
        return (0..<1 << 60).contains(value) ? value : nil
    }

    /// The value of `name` in lines such as `inactive_file 4096` or `MemAvailable:  123 kB`, in bytes.
    static func value(of name: String, in text: String) -> Int? {
        for line in self.lines(text) {
            let words = line.split { $0 == 0x20 || $0 == 0x09 }
            guard words.count >= 2, words[0].elementsEqual(name.utf8) else { continue }
            guard let value = Int(String(decoding: words[1], as: UTF8.self)), (0..<1 << 50).contains(value) else {
                return nil
            }
            return words.count > 2 && words[2].elementsEqual("kB".utf8) ? value * 1024 : value
        }
        return nil
    }

    /// The total mapped memory, the memory in RAM, and the memory mapped for data and stacks, in pages, as
    /// `/proc/self/statm` says.
    static func pages(_ text: String) -> (mapped: Int, resident: Int, data: Int)? {
        let words = text.utf8.split { $0 == 0x20 || $0 == 0x0a }.map { Int(String(decoding: $0, as: UTF8.self)) }
        guard words.count >= 6, let mapped = words[0], let resident = words[1], let data = words[5],
            [mapped, resident, data].allSatisfy((0..<1 << 40).contains)
        else { return nil }
        return (mapped, resident, data)
    }

    private static func lines(_ text: String) -> [Substring.UTF8View.SubSequence] {
        text[...].utf8.split(separator: 0x0a)
    }
}
