/// A limit on the memory of the process, and how much of it is used. In bytes.
package struct MemoryBound: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        /// The memory that the process may map (RLIMIT_AS, `ulimit -v`).
        case addressSpace = "ulimit -v"
        /// The memory that the process may map for data (RLIMIT_DATA, `ulimit -d`).
        case data = "ulimit -d"
        /// The memory that its container may use: the cgroup or one of those around it (memory.max and memory.high of
        /// version 2, memory.limit_in_bytes of version 1).
        case container = "the container's memory"
        /// The memory of the machine.
        case machine = "the machine's memory"
    }

    package let kind: Kind
    package let total: Int
    package let used: Int

    package init(_ kind: Kind, total: Int, used: Int) {
        self.kind = kind
        self.total = total
        self.used = used
    }

    package var left: Int { max(self.total - self.used, 0) }
}
