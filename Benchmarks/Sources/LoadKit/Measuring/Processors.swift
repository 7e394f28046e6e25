import CLoad
import FoundationEssentials

/// Which processors run whom. Bit n of a set is processor n, of the first 64.
public enum Processors {
    /// Those that this thread may use.
    public static var available: UInt64 { cload_processors() }

    /// Keeps all threads of this process, and those to come, on `processors`.
    public static func pinThisProcess(to processors: UInt64) {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        for thread in threads.compactMap({ Int32($0) }) { _ = cload_pin(thread, processors) }
    }
}

/// What the system lets this process have.
public enum Limits {
    /// As many open files as the hard limit allows.
    public static func raiseOpenFiles() { _ = cload_raise_file_limit() }
}
