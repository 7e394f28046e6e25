/// The goals, for a machine with two processors.
public struct SiegeGoals: Hashable, Sendable {
    /// How far the bystanders' 99th percentile may be above the idle one, in nanoseconds.
    public var p99Excess: UInt64 = 20_000_000
    /// The most that any ping may take, in nanoseconds.
    public var worst: UInt64 = 250_000_000
    /// How much more memory the server may use afterwards, as a share of what it used before.
    public var memoryExcess = 0.2
    /// How many more descriptors the server may use afterwards.
    public var descriptorExcess = 0

    public init() {}

    /// Returns whether memory and descriptors are within these limits again.
    func isBack(_ after: ServerUse, before: ServerUse) -> Bool {
        self.isMemoryBack(after, before: before) && self.areDescriptorsBack(after, before: before)
    }

    func isMemoryBack(_ after: ServerUse, before: ServerUse) -> Bool {
        Double(after.memory) <= Double(before.memory) * (1 + self.memoryExcess)
    }

    func areDescriptorsBack(_ after: ServerUse, before: ServerUse) -> Bool {
        after.descriptors <= before.descriptors + self.descriptorExcess
    }
}
