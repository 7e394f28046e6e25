/// What happens on a slow line.
public enum FreshScenario: String, CaseIterable, Sendable {
    /// Somebody sends more than the line takes, beside a light sender and one of path discovery.
    case flood
    /// The same, and the receiver stops reading for half a second.
    case stall
    /// Ten senders who send the same.
    case shares
    /// The same, but half of them begin later.
    case mixed

    var isAboutShares: Bool { self == .shares || self == .mixed }

    /// How long the receiver of ``stall`` doesn't read, in nanoseconds.
    static let pause: UInt64 = 500_000_000
    /// When the late senders of ``mixed`` begin, in nanoseconds after the others.
    static let lateStart: UInt64 = 2_000_000_000
}
