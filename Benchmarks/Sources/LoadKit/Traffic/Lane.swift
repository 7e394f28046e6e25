/// A flow's packets of one kind, which keep their order.
struct Lane: Sendable {
    private(set) var sent: UInt64 = 0
    private(set) var arrivals = ArrivalLedger()

    /// Returns the number of the next packet.
    @inline(__always)
    mutating func takeNumber() -> UInt64 {
        defer { self.sent += 1 }
        return self.sent
    }

    @inline(__always)
    mutating func note(_ sequence: UInt64) -> ArrivalLedger.Arrival { self.arrivals.note(sequence) }
}
