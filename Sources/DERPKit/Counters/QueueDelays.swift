/// How long packets waited in clients' queues before they were sent: a histogram.
///
/// Only those that waited are noted, so that other packets cost nothing here.
struct QueueDelays: Hashable, Sendable {
    /// The upper limits of the classes, in nanoseconds. Longer waits are in one more class.
    static let limits: [UInt64] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map { $0 * 1_000_000 }

    /// The number of packets in each class.
    private(set) var counts = [UInt64](repeating: 0, count: limits.count + 1)
    /// The sum of all waits, in nanoseconds.
    private(set) var sum: UInt64 = 0

    /// The number of packets in each class when `total` were sent: those that aren't noted didn't wait.
    func counts(ofAll total: UInt64) -> [UInt64] {
        var counts = self.counts
        let noted = counts.reduce(0, +)
        // The numbers of a loop may be read while others go on.
        counts[0] += total > noted ? total - noted : 0
        return counts
    }

    mutating func note(_ wait: UInt64) {
        let index = Self.limits.firstIndex { wait <= $0 } ?? Self.limits.count
        self.counts[index] += 1
        self.sum &+= wait
    }

    static func += (left: inout Self, right: Self) {
        for index in left.counts.indices { left.counts[index] += right.counts[index] }
        left.sum &+= right.sum
    }
}
