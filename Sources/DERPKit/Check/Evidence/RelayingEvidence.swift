/// How packets fared that went from one client through the relay to another, and back.
struct RelayingEvidence: Hashable, Sendable {
    var sent = 0
    /// For each packet that came back.
    var roundTrips: [Duration] = []
    /// How many came back with other bytes than they were sent.
    var corrupted = 0
    /// Whether the largest packet that the protocol has, 64 KiB, came back.
    var largestCameBack = false
    /// What the relay said meanwhile was wrong with a connection.
    var health: String?

    /// 0…1.
    var loss: Double { self.sent == 0 ? 0 : Double(self.sent - self.roundTrips.count) / Double(self.sent) }

    /// The time that this part of the round trips (0…1) did not exceed; `nil` when none came back.
    func percentile(_ part: Double) -> Duration? {
        let sorted = self.roundTrips.sorted()
        guard !sorted.isEmpty else { return nil }
        // Nearest rank.
        let rank = Int((Double(sorted.count) * part).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }
}
