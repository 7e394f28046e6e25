@testable import DERPKit

/// What the kernel says about memory, in files of proc and of cgroups.
enum MemoryFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        let text = String(decoding: input, as: UTF8.self)
        let cgroup = MemoryText.cgroup(text)
        for path in [cgroup.unified, cgroup.legacy].compactMap({ $0 }) {
            let folders = MemoryText.ancestors(of: path)
            precondition(folders.last == "")
            precondition(folders.allSatisfy { !$0.utf8.contains(0x0a) && ($0.isEmpty || $0.utf8.first == 0x2f) })
            precondition(zip(folders, folders.dropFirst()).allSatisfy { $0.utf8.starts(with: $1.utf8) })
        }
        precondition(MemoryText.limit(text) ?? 0 >= 0)
        for name in ["inactive_file", "MemTotal:", "MemAvailable:"] {
            precondition(MemoryText.value(of: name, in: text) ?? 0 >= 0)
        }
        guard let pages = MemoryText.pages(text) else { return }
        precondition(pages.mapped >= 0 && pages.resident >= 0 && pages.data >= 0)
    }
}
