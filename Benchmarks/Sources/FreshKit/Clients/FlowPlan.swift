import LoadKit

/// What one sender sends.
struct FlowPlan: Hashable, Sendable {
    enum Role: Hashable, Sendable {
        /// Sends more than the line takes.
        case flood
        /// Sends 50 small packets a second.
        case light
        /// Sends 10 packets of path discovery a second.
        case disco
    }

    var role: Role
    /// The packets' size in bytes.
    var size: Int
    /// The time between two packets in nanoseconds; 0 to send as fast as TCP takes them.
    var interval: UInt64
    /// When the flow begins after the others, in nanoseconds.
    var start: UInt64 = 0

    var kind: PacketKind { self.role == .disco ? .disco : .data }

    static let light = Self(role: .light, size: 100, interval: 20_000_000)
    static let disco = Self(role: .disco, size: 110, interval: 100_000_000)

    /// Returns a flow that sends `rate` Mbit/s; as fast as TCP takes them if that is 0.
    static func flood(size: Int, rate: Double) -> Self {
        Self(role: .flood, size: size, interval: rate > 0 ? UInt64(Double(size) * 8 * 1000 / rate) : 0)
    }
}
