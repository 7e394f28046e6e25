/// How much memory a relay uses, and for what. Pure.
package struct MemoryPlan: Hashable, Sendable {
    /// For the packets in clients' queues, in bytes: ``RelayServer/Configuration/queueMemory``.
    package let queues: Int
    /// For what is sent before a login: ``ConnectionLimits/pendingMemory``.
    package let pending: Int
    /// What is smaller than the standard because of this.
    package let bound: MemoryBound?

    /// The size if nothing limits it.
    package static let standardQueues = 256 << 20
    package static let standardPending = 64 << 20
    /// The minimum size.
    package static let least = 1 << 20

    /// Plans a quarter of the smallest limit for the queues, and a quarter of that for what comes before a login. Of
    /// the memory that may be mapped, only what is left counts: libraries and stacks have already taken their part.
    ///
    /// - Parameter told: The requested size of the queues. They get at most half of the smallest limit.
    package init(_ bounds: [MemoryBound], told: Int? = nil) {
        let smallest = bounds.min { Self.room(of: $0) < Self.room(of: $1) }
        let room = smallest.map(Self.room) ?? .max
        let wanted = told ?? Self.standardQueues
        self.queues = max(min(wanted, room / (told == nil ? 4 : 2)), Self.least)
        self.pending = max(min(Self.standardPending, self.queues / 4), Self.least)
        self.bound = self.queues < wanted ? smallest : nil
    }

    private static func room(of bound: MemoryBound) -> Int {
        switch bound.kind {
        case .addressSpace, .data: bound.left
        case .container, .machine: bound.total
        }
    }
}

/// How much of each limit must be left so that newcomers are let in. Pure.
struct MemoryReserve: Hashable, Sendable {
    /// The memory that clients' queues may still take. At most half of what was left at the start: queues that may take
    /// more than there is would keep everybody out.
    var queues: Int

    /// - Parameter bounds: The limits at the start.
    init(queueMemory: Int, _ bounds: [MemoryBound]) {
        let left = bounds.filter { $0.kind != .machine }.map(\.left).min() ?? .max
        self.queues = min(queueMemory, left / 2)
    }

    /// Returns how many bytes of `bound` must be left: 8 to 32 MiB, and the part of the queues' memory that they don't
    /// hold yet. That part doesn't count for the machine's memory, which belongs to others too, and of which nothing is
    /// promised.
    func byteCount(of bound: MemoryBound, queued: Int) -> Int {
        let least = min(max(bound.total / 32, 8 << 20), 32 << 20)
        return bound.kind == .machine ? least : least + max(self.queues - queued, 0)
    }
}
