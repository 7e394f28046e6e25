/// How much memory a relay takes for what. Pure.
package struct MemoryPlan: Hashable, Sendable {
    /// For the packets in clients' queues, in bytes: ``RelayServer/Configuration/queueMemory``.
    package let queues: Int
    /// For what is sent before a login: ``ConnectionLimits/pendingMemory``.
    package let pending: Int
    /// What is smaller than the standard because of it.
    package let bound: MemoryBound?

    /// What it is where nothing limits it.
    package static let standardQueues = 256 << 20
    package static let standardPending = 64 << 20
    /// What it is at least.
    package static let least = 1 << 20

    /// A quarter of the smallest limit for the queues, and for what comes before a login a quarter of that. Of what may be mapped
    /// only what is left counts: libraries and stacks have taken their part.
    ///
    /// - Parameter told: how much the queues are to have, of which they get half of the smallest limit at the most.
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

/// How much has to be left of each limit for newcomers to be let in. Pure.
struct MemoryReserve: Hashable, Sendable {
    /// What clients' queues may still take. At most half of what was left at the start: queues that may take more than there is
    /// would keep everybody out.
    var queues: Int

    /// - Parameter bounds: as they were at the start.
    init(queueMemory: Int, _ bounds: [MemoryBound]) {
        let left = bounds.filter { $0.kind != .machine }.map(\.left).min() ?? .max
        self.queues = min(queueMemory, left / 2)
    }

    /// How many bytes must be left of `bound`: 8 to 32 MiB, and what the queues don't hold yet of theirs. Not of the machine's
    /// memory: that is others' too, and nothing is promised of it.
    func byteCount(of bound: MemoryBound, queued: Int) -> Int {
        let least = min(max(bound.total / 32, 8 << 20), 32 << 20)
        return bound.kind == .machine ? least : least + max(self.queues - queued, 0)
    }
}
