/// What one server process did with packets, by its metrics.
struct ServerAccount: Hashable, Sendable {
    var received: UInt64 = 0
    var forwardedIn: UInt64 = 0
    var sent: UInt64 = 0
    var forwardedOut: UInt64 = 0
    var dropped: UInt64 = 0

    init() {}

    init(_ page: MetricsPage) {
        self.received = page.sum("derp_packets_received_total")
        self.forwardedIn = page.value("derp_packets_forwarded_total{direction=\"in\"}")
        self.sent = page.sum("derp_packets_sent_total")
        self.forwardedOut = page.value("derp_packets_forwarded_total{direction=\"out\"}")
        self.dropped = page.sum("derp_packets_dropped_total")
    }

    static func += (left: inout Self, right: Self) {
        left.received += right.received
        left.forwardedIn += right.forwardedIn
        left.sent += right.sent
        left.forwardedOut += right.forwardedOut
        left.dropped += right.dropped
    }

    /// The packets that came in and are not accounted for. While packets are on their way, that is what queues hold.
    var waiting: Int64 {
        Int64(self.received + self.forwardedIn) - Int64(self.sent + self.forwardedOut + self.dropped)
    }
}
