import SiegeKit

/// The pings of bystanders.
struct CrowdPings: Sendable {
    /// How many were sent.
    let sent: UInt64
    /// How long those took that came back while no relay was taken over, in nanoseconds.
    let usual: [UInt64]
    /// The same while one was.
    let moving: [UInt64]

    var lost: UInt64 { self.sent - min(UInt64(self.usual.count + self.moving.count), self.sent) }

    static func row(_ times: [UInt64]) -> [String] {
        let times = PingTimes(times)
        let cells = [times.median, times.p99, times.percentile(0.999), times.worst].map { time in
            time.map { "\((Double($0) / 1e5).rounded() / 10)" } ?? "–"
        }
        return ["\(times.count)"] + cells
    }
}
