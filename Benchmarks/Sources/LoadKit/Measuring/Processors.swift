import CLoad
import FoundationEssentials

/// Sets of processors. Bit n of a set is processor n, of the first 64.
public enum Processors {
    /// The processors that this thread may use.
    public static var available: UInt64 { cload_processors() }

    /// Divides the processors between the generator and a server.
    ///
    /// - Parameter counts: How many processors the server should have, in order of preference. The first number that
    ///   leaves some to the generator counts. If there is none, or if it is 0, both get all.
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

    /// Keeps all threads of this process, including future ones, on `processors`.
    public static func pinThisProcess(to processors: UInt64) {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        for thread in threads.compactMap({ Int32($0) }) { _ = cload_pin(thread, processors) }
    }
}

/// The limits of this process.
public enum Limits {
    /// Raises the limit of open files to the hard limit.
    public static func raiseOpenFiles() { _ = cload_raise_file_limit() }
}
