import CLoad
import FoundationEssentials

/// Which processors run whom. Bit n of a set is processor n, of the first 64.
public enum Processors {
    /// Those that this thread may use.
    public static var available: UInt64 { cload_processors() }

    /// Divides processors among the generator and a server.
    ///
    /// - Parameter counts: how many the server is to have, in order of preference. The first number counts that leaves
    ///   some to the generator; when there is none, or it is 0, both have all.
    static func split(_ all: UInt64, forServer counts: [Int]) -> (own: UInt64, server: UInt64) {
        guard let count = counts.first(where: { $0 < all.nonzeroBitCount }), count > 0 else { return (all, all) }
        var own = all
        var server: UInt64 = 0
        for _ in 0..<count {
            let lowest = own & (~own &+ 1)
            server |= lowest
            own &= ~lowest
        }
        return (own, server)
    }

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
