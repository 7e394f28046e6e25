/// When a flow sends.
public enum Pace: Hashable, Sendable {
    /// So many packets are on their way at any time: closed loop.
    case window(Int)
    /// One packet every so many nanoseconds, whatever comes of them: open loop.
    case every(UInt64)
    /// As fast as the connection takes them.
    case flood
    /// A packet back for each that the flow of this index brings, with its time.
    case echo(of: Int)
}
