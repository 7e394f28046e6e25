/// The number of a packet: which of its sender's connections it was sent on, and its place there.
struct SequenceNumber: Hashable, Sendable {
    var connection: UInt32
    var place: UInt32

    init(connection: UInt32, place: UInt32) {
        self.connection = connection
        self.place = place
    }

    init(rawValue: UInt64) {
        self.connection = UInt32(truncatingIfNeeded: rawValue >> 32)
        self.place = UInt32(truncatingIfNeeded: rawValue)
    }

    var rawValue: UInt64 { UInt64(self.connection) << 32 | UInt64(self.place) }
}
