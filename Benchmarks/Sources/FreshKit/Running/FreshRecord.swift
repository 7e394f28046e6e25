import LoadKit

/// Everything that was seen during a measurement.
struct FreshRecord: Sendable {
    /// The time that counts, in nanoseconds on the monotonic clock.
    var window: Range<UInt64> = 0..<1
    var flows: [FlowPlan] = []
    /// When each packet of each flow was sent.
    var sent: [[UInt64]] = []
    var arrivals: [Arrival] = []
    var faults = Faults()
    var brokenSenders = 0
    var samples: [SocketSample] = []
    /// What came to the receiver's interface within the window, in bytes a second.
    var wireRate = 0.0
    /// The share of all processors that was used by everybody.
    var busyShare = 0.0
    var resumption: (position: UInt64, pending: UInt64)?
    /// The relay's socket just before the receiver read again.
    var stalledSocket: SocketSample?
    var delay = DelayLine.Account()
}
