/// The result of sending packets from one client through the relay to another, and back.
struct RelayingEvidence: Hashable, Sendable {
    var sent = 0
    /// The round-trip time of each packet that came back.
    var roundTrips: [Duration] = []
    /// How many packets came back with other bytes than those sent.
    var corrupted = 0
    /// Whether a packet of the largest size in the protocol, 64 KiB, came back.
    var largestCameBack = false
    /// The problem with a connection that the relay reported meanwhile.
    var health: String?

    /// The share of packets that were lost, 0…1.
    var loss: Double { self.sent == 0 ? 0 : Double(self.sent - self.roundTrips.count) / Double(self.sent) }

    /// Returns the round-trip time that this share of the packets (0…1) did not exceed; `nil` if none came back.
    func percentile(_ part: Double) -> Duration? {
        let sorted = self.roundTrips.sorted()
        guard !sorted.isEmpty else { return nil }
        // The nearest rank.
        let rank = Int((Double(sorted.count) * part).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }
}
