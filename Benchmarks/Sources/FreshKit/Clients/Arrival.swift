/// A packet that came to the receiver. Times are on the monotonic clock, in nanoseconds.
struct Arrival: Hashable, Sendable {
    /// The index of the sender's flow.
    var flow: Int
    var sequence: UInt64
    var sent: UInt64
    var arrived: UInt64
    /// The packet's size in bytes.
    var size: Int
    /// How many bytes the receiver had read from its socket by then.
    var position: UInt64

    var age: UInt64 { self.arrived &- self.sent }
}
