import Histogram

/// The results of one role's flows so far.
public struct Tally: Sendable {
    public var sent: UInt64 = 0
    public var received: UInt64 = 0
    public var receivedBytes: UInt64 = 0

    static func - (left: Self, right: Self) -> Self {
        Self(
            sent: left.sent - right.sent,
            received: left.received - right.received,
            receivedBytes: left.receivedBytes - right.receivedBytes
        )
    }

    static func + (left: Self, right: Self) -> Self {
        Self(
            sent: left.sent + right.sent,
            received: left.received + right.received,
            receivedBytes: left.receivedBytes + right.receivedBytes
        )
    }
}

/// Latencies in nanoseconds, up to two minutes, with three digits.
public typealias LatencyHistogram = Histogram<UInt64>

extension LatencyHistogram {
    static let longest: UInt64 = 120_000_000_000

    static func latencies() -> Self {
        Self(highestTrackableValue: Self.longest, numberOfSignificantValueDigits: .three)
    }
}
