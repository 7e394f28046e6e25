import AsyncSockets
import DERPKit

/// The address space of a process for which it is limited (`ulimit -v`, or `-d` for all but files).
enum AddressSpace {
    /// What limits the process's memory, as it was before there were threads: who checks a configuration and who starts with it
    /// are to find the same.
    private static let boundsAtStart = MemoryProbe().bounds()

    /// Of which the stacks of threads take their part.
    private static var bounds: [MemoryBound] { self.boundsAtStart.filter(Self.countsStacks) }

    private static func countsStacks(_ bound: MemoryBound) -> Bool { [.addressSpace, .data].contains(bound.kind) }

    /// Below this it is used sparingly, in bytes.
    private static let wide = 4 << 30
    /// What the server takes besides its threads' stacks, in bytes.
    private static let base = 32 << 20
    /// How many threads there are besides the loops and the runtime's, one for each processor: for the log, signals, look-ups.
    private static let otherThreads = 4

    /// To be called first.
    static func prepare() {
        if self.bounds.contains(where: { $0.total < Self.wide }) { ProcessResources.useOneArena() }
    }

    /// How many threads a server has in the end.
    private static func threadCount(_ loopCount: Int?) -> Int {
        let processors = ProcessResources.processorCount
        return (loopCount ?? processors) + processors + Self.otherThreads
    }

    /// What limits the process's memory, as it will be when all threads are there.
    static func bounds(loopCount: Int?) -> [MemoryBound] {
        let stacks = Self.threadCount(loopCount) * ProcessResources.threadStackByteCount
        return Self.boundsAtStart.map {
            Self.countsStacks($0) ? MemoryBound($0.kind, total: $0.total, used: $0.used + stacks) : $0
        }
    }

    /// Why there is no room for a server; `nil` when there is. Without room for its threads Swift's runtime would crash.
    ///
    /// - Parameter loopCount: `nil`: one per processor.
    static func shortage(loopCount: Int?) -> String? {
        let threads = Self.threadCount(loopCount)
        let needed = threads * ProcessResources.threadStackByteCount + Self.base
        guard let bound = self.bounds.first(where: { $0.left < needed }) else { return nil }
        return """
            \(bound.kind.rawValue): of \(bound.total >> 10) KiB \(bound.left >> 10) are free, and \(needed >> 10) are \
            needed, for \(threads) threads: raise it, lower ulimit -s, or give fewer --loops
            """
    }
}
