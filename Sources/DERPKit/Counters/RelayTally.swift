/// A number for each of several reasons.
public struct RelayTally<Key: Hashable & Sendable & CustomStringConvertible>: Hashable, Sendable {
    private var keys: [Key] = []
    private var counts: [UInt64] = []

    init<Case>(_ counts: RelayCounters.PerCase<Case>, _ key: (Case) -> Key) {
        for reason in Case.allCases {
            self.keys.append(key(reason))
            self.counts.append(counts[reason])
        }
    }

    init<Case: CaseIterable>(_ count: (Case) -> UInt64, _ key: (Case) -> Key) {
        for reason in Case.allCases {
            self.keys.append(key(reason))
            self.counts.append(count(reason))
        }
    }

    /// How often it was `key`; 0 if that isn't counted here.
    public subscript(_ key: Key) -> UInt64 {
        self.keys.firstIndex(of: key).map { self.counts[$0] } ?? 0
    }

    /// All together.
    public var total: UInt64 { self.counts.reduce(0, +) }
}

extension RelayTally: RandomAccessCollection {
    /// The position of the first reason.
    public var startIndex: Int { 0 }
    /// The number of reasons.
    public var endIndex: Int { self.keys.count }

    /// One of the reasons, in the order of the metrics, and how often it was that.
    public subscript(_ position: Int) -> (key: Key, count: UInt64) { (self.keys[position], self.counts[position]) }
}
