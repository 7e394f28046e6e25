import IPAddresses

/// The settings of a check. The defaults suit a quick check.
public struct CheckSettings: Sendable {
    /// Which IP protocols to check.
    public enum Families: Hashable, Sendable {
        /// IPv4 and IPv6, as far as this machine has them.
        case both
        /// One of the two. It is an error if this machine doesn't have it.
        case only(IPAddress.Family)
    }

    /// Which IP protocols to check. By default both.
    public var families = Families.both
    /// How long each step may take: DNS, connecting, logging in, STUN, and each test of relaying. More than zero.
    public var timeout: Duration = .seconds(10)
    /// Certificates of authorities to trust besides the system's, as PEM.
    public var authoritiesPEM: String?
    /// The port of the captive portal check. 80, except in tests.
    public var plainHTTPPort: UInt16 = 80
    /// The number of connections whose server keys are compared. 1…100.
    public var connections = 5
    /// The number of packets to relay, 10 ms apart. 1…10,000.
    public var packets = 50

    /// Makes the settings of a quick check.
    public init() {}

    func includes(_ family: IPAddress.Family) -> Bool {
        switch self.families {
        case .both: true
        case .only(let only): only == family
        }
    }

    /// Returns whether the user asked for `family`, so that it is an error if this machine doesn't have it.
    func demands(_ family: IPAddress.Family) -> Bool { self.families == .only(family) }
}
