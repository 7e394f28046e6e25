/// What came to a receiver that didn't read for a while.
struct StallResult: Hashable, Sendable {
    /// What the receiver's own kernel had taken in the meantime, in bytes.
    let receiverHeld: UInt64
    /// What the relay's kernel held, in bytes, and the congestion window in bytes.
    let relayHeld: Int
    let window: Int
    /// The ages of the packets that neither kernel held, in milliseconds: those of the relay's own queue, and later ones.
    let rest: Ages
    /// How many bytes of packets came that were older than 100, 250 and 500 ms, without those that the receiver's kernel
    /// had taken.
    let older: [Int]

    static let limits = [100.0, 250, 500]

    /// Returns `nil` if the receiver didn't stall, or the relay's socket wasn't seen.
    init?(_ record: FreshRecord) {
        guard let (position, pending) = record.resumption, let socket = record.stalledSocket else { return nil }
        self.receiverHeld = pending
        self.relayHeld = socket.sendQueue
        self.window = socket.windowBytes
        let later = record.arrivals.filter { $0.position > position + pending }
        self.rest = Ages(later.filter { $0.position > position + pending + UInt64(socket.sendQueue) })
        self.older = Self.limits.map { limit in
            later.reduce(0) { $0 + (Double($1.age) / 1e6 > limit ? $1.size : 0) }
        }
    }
}
