/// Records which packets of a flow have arrived, as far as needed to check their order.
struct ArrivalLedger: Sendable {
    /// What a packet's sequence number shows.
    enum Arrival: Hashable, Sendable {
        /// The packet comes after all earlier ones. This many in between are missing.
        case inOrder(missing: UInt64)
        /// A later packet arrived first.
        case reordered
        /// The packet has arrived before.
        case doubled
    }

    private(set) var received: UInt64 = 0
    /// One more than the highest sequence number that has arrived.
    private var next: UInt64 = 0
    /// Bit n says whether `next` - 1 - n has arrived.
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
        // A packet older than the recorded ones may be reordered or doubled. Both fail the run.
        if age < 64, self.recent >> age & 1 == 0 {
            self.recent |= 1 << age
            self.received += 1
            return .reordered
        }
        return .doubled
    }
}
