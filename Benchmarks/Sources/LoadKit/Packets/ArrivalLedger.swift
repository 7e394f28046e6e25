/// Which packets of a flow have come, as far as it takes to tell order from disorder.
struct ArrivalLedger: Sendable {
    /// What a packet's sequence number says.
    enum Arrival: Hashable, Sendable {
        /// It comes after all before it; so many in between didn't come.
        case inOrder(missing: UInt64)
        /// A later one came before it.
        case reordered
        /// It came before.
        case doubled
    }

    private(set) var received: UInt64 = 0
    /// The lowest sequence number that is higher than all that came.
    private var next: UInt64 = 0
    /// Bit n: `next` - 1 - n came.
    private var recent: UInt64 = 0

    @inline(__always)
    mutating func note(_ sequence: UInt64) -> Arrival {
        if sequence >= self.next {
            let missing = sequence - self.next
            self.recent = missing >= 63 ? 1 : self.recent << (missing + 1) | 1
            self.next = sequence + 1
            self.received += 1
            return .inOrder(missing: missing)
        }
        let age = self.next - 1 - sequence
        // What is older than the memory may be either. It fails the run as well.
        if age < 64, self.recent >> age & 1 == 0 {
            self.recent |= 1 << age
            self.received += 1
            return .reordered
        }
        return .doubled
    }
}
