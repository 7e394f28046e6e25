import AsyncSockets
import DERPKit

/// The address space of a process for which it is limited (`ulimit -v`, or `-d` for everything but files).
enum AddressSpace {
    /// The limits of the process's memory before there were threads, so that a check of a configuration and a start
    /// find the same.
    private static let boundsAtStart = MemoryProbe().bounds()

    /// The limits that count the stacks of threads.
    private static var bounds: [MemoryBound] { self.boundsAtStart.filter(Self.countsStacks) }

    private static func countsStacks(_ bound: MemoryBound) -> Bool { [.addressSpace, .data].contains(bound.kind) }

    /// Below this many bytes, it is used sparingly.
    private static let wide = 4 << 30
    /// The bytes that the server needs besides its threads' stacks.
    private static let base = 32 << 20
    /// The number of threads besides the loops and the runtime's (one per processor): for the log, signals and
    /// look-ups.
    private static let otherThreads = 4

    /// Must be called first.
    static func prepare() {
        if self.bounds.contains(where: { $0.total < Self.wide }) { ProcessResources.useOneArena() }
    }

    /// How many threads a server has in the end.
    private static func threadCount(_ loopCount: Int?) -> Int {
        (loopCount ?? ProcessorProbe().count) + ProcessResources.processorCount + Self.otherThreads
    }

    /// The limits of the process's memory as they will be when all threads run.
    static func bounds(loopCount: Int?) -> [MemoryBound] {
        let stacks = Self.threadCount(loopCount) * ProcessResources.threadStackByteCount
        return Self.boundsAtStart.map {
            Self.countsStacks($0) ? MemoryBound($0.kind, total: $0.total, used: $0.used + stacks) : $0
        }
    }

    /// Why there is no room for a server; `nil` if there is. Without room for its threads, Swift's runtime would crash.
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
