/// Faults that a relay must never cause. A single one fails a run.
public struct Faults: Hashable, Codable, Sendable {
    /// Packets whose bytes, length or sender are not those that were sent.
    public var corrupt: UInt64 = 0
    public var doubled: UInt64 = 0
    public var reordered: UInt64 = 0
    /// Packets that arrived at another client than their destination.
    public var misdelivered: UInt64 = 0
    /// Connections that ended before the run did.
    public var disconnected: UInt64 = 0

    public init() {}

    public var isEmpty: Bool { self == Faults() }

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.corrupt += right.corrupt
        sum.doubled += right.doubled
        sum.reordered += right.reordered
        sum.misdelivered += right.misdelivered
        sum.disconnected += right.disconnected
        return sum
    }
}

extension Faults: CustomStringConvertible {
    public var description: String {
        let all = [
            (self.corrupt, "corrupt"), (self.doubled, "doubled"), (self.reordered, "reordered"),
            (self.misdelivered, "misdelivered"), (self.disconnected, "disconnected"),
        ]
        let some = all.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return some.isEmpty ? "none" : some.joined(separator: ", ")
    }
}
