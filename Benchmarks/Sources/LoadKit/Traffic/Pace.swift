/// When a flow sends.
public enum Pace: Hashable, Sendable {
    /// This many packets are on their way at any time: a closed loop.
    case window(Int)
    /// One packet in this many nanoseconds, whether earlier ones arrive or not: an open loop.
    case every(UInt64)
    /// As fast as the connection takes them.
    case flood
    /// One packet for each that the flow with this index delivers, with the same time.
    case echo(of: Int)
}
