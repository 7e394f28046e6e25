import Synchronization

/// One loop's counters: written by the loop once per batch, read by anyone.
final class STUNTally: Sendable {
    private let requestsIPv4 = Atomic<UInt64>(0)
    private let requestsIPv6 = Atomic<UInt64>(0)
    private let notSTUN = Atomic<UInt64>(0)
    private let refused = Atomic<UInt64>(0)
    private let writeErrors = Atomic<UInt64>(0)
    private let readErrors = Atomic<UInt64>(0)

    func add(_ batch: STUNCounters) {
        self.requestsIPv4.wrappingAdd(batch.requestsIPv4, ordering: .relaxed)
        self.requestsIPv6.wrappingAdd(batch.requestsIPv6, ordering: .relaxed)
        self.notSTUN.wrappingAdd(batch.notSTUN, ordering: .relaxed)
        self.refused.wrappingAdd(batch.refused, ordering: .relaxed)
        self.writeErrors.wrappingAdd(batch.writeErrors, ordering: .relaxed)
        self.readErrors.wrappingAdd(batch.readErrors, ordering: .relaxed)
    }

    func add(to sum: inout STUNCounters) {
        sum.requestsIPv4 += self.requestsIPv4.load(ordering: .relaxed)
        sum.requestsIPv6 += self.requestsIPv6.load(ordering: .relaxed)
        sum.notSTUN += self.notSTUN.load(ordering: .relaxed)
        sum.refused += self.refused.load(ordering: .relaxed)
        sum.writeErrors += self.writeErrors.load(ordering: .relaxed)
        sum.readErrors += self.readErrors.load(ordering: .relaxed)
    }
}
