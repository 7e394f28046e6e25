import LoadKit

/// Where a crowd connects, and when.
struct CrowdSettings: Sendable {
    var relay: Target
    var peer: Target
    /// How many clients come per second at the beginning.
    var arrivalsPerSecond = 250.0
    /// How many clients leave per second, and come back.
    var leavingPerSecond = 10.0
}
