/// What a slow line is like.
public struct LineSettings: Hashable, Sendable {
    /// Where the slow part and its queue are.
    public enum Place: String, CaseIterable, Sendable {
        /// Away from the relay, which is usual.
        case router
        /// At the relay's own interface. Its kernel then knows how much waits there, and keeps it short.
        case relay
    }

    /// The rate towards the receiver in Mbit/s, with Ethernet headers; `nil` if there is no line: the receiver is on the
    /// same machine as the relay.
    public var rate: Double?
    /// The round trip of the idle line, in milliseconds.
    public var roundTrip: Double
    /// How long the queue in front of the line may get, in milliseconds at the line's rate.
    public var queue: Double
    /// The congestion control of both ends.
    public var congestionControl: String
    public var place = Place.router

    public init(rate: Double?, roundTrip: Double = 10, queue: Double = 60, congestionControl: String = "cubic") {
        self.rate = rate
        self.roundTrip = roundTrip
        self.queue = queue
        self.congestionControl = congestionControl
    }

    /// How many bytes the token bucket lets through at once: two packets, or a millisecond.
    var burst: Int { max(2 * 1514, Int((self.rate ?? 0) * 1e6 / 8 / 1000)) }

    /// How many bytes may wait in the token bucket, as tc(8) calculates it from its `latency`.
    var queueLimit: Int { Int((self.rate ?? 0) * 1e6 / 8 * self.queue / 1000) + self.burst }

    /// The delay of packets in one direction, in nanoseconds.
    var delay: UInt64 { UInt64(self.roundTrip / 2 * 1e6) }

    /// The line in a few words: `4 Mbit/s, 10 ms`.
    public var name: String {
        guard let rate else { return "no line" }
        let place = self.place == .relay ? ", at the relay" : ""
        return "\(Figure.short(rate)) Mbit/s, \(Figure.short(self.roundTrip)) ms\(place)"
    }
}
