import AsyncSockets
import DERPKit

/// The address space of a process for which it is limited (`ulimit -v`).
enum AddressSpace {
    /// What limits the process's memory, as it was before there were threads: who checks a configuration and who starts with it
    /// are to find the same.
    private static let boundsAtStart = MemoryProbe().bounds()

    private static var bound: MemoryBound? { self.boundsAtStart.first { $0.kind == .addressSpace } }

    /// Below this it is used sparingly, in bytes.
    private static let wide = 4 << 30
    /// What the server takes besides its threads' stacks, in bytes.
    private static let base = 32 << 20
    /// How many threads there are besides the loops and the runtime's, one for each processor: for the log, signals, look-ups.
    private static let otherThreads = 4

    /// To be called first.
    static func prepare() {
        if let bound = self.bound, bound.total < Self.wide { ProcessResources.useOneArena() }
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
            $0.kind == .addressSpace ? MemoryBound($0.kind, total: $0.total, used: $0.used + stacks) : $0
        }
    }

    /// Why there is no room for a server; `nil` when there is. Without room for its threads Swift's runtime would crash.
    ///
    /// - Parameter loopCount: `nil`: one per processor.
    static func shortage(loopCount: Int?) -> String? {
        guard let bound = self.bound else { return nil }
        let threads = Self.threadCount(loopCount)
        let needed = threads * ProcessResources.threadStackByteCount + Self.base
        guard bound.left < needed else { return nil }
        return """
            ulimit -v: of \(bound.total >> 10) KiB of address space \(bound.left >> 10) are free, and \(needed >> 10) are \
            needed, for \(threads) threads: raise it, lower ulimit -s, or give fewer --loops
            """
    }
}
