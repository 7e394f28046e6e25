import AsyncSockets

/// How a check is done. Every default is what a quick look wants.
public struct CheckSettings: Sendable {
    /// Which of the Internet's protocols are looked at.
    public enum Families: Hashable, Sendable {
        /// Both, as far as this machine has them.
        case both
        /// One of them. It is an error if this machine doesn't have it.
        case only(IPAddress.Family)
    }

    /// Which protocols are looked at. By default both.
    public var families = Families.both
    /// How long each step (looking up, connecting, logging in, STUN, each relaying) may take. More than zero.
    public var timeout: Duration = .seconds(10)
    /// Certificates of authorities to trust besides the system's, as PEM.
    public var authoritiesPEM: String?
    /// Where the captive portal check is expected: 80, but in tests.
    public var plainHTTPPort: UInt16 = 80
    /// How many connections are compared by the server's key. 1…100.
    public var connections = 5
    /// How many packets are relayed, 10 ms apart. 1…10,000.
    public var packets = 50

    /// The settings of a quick look.
    public init() {}

    func includes(_ family: IPAddress.Family) -> Bool {
        switch self.families {
        case .both: true
        case .only(let only): only == family
        }
    }

    /// Whether the user insists on `family`, so that this machine's not having it is an error.
    func demands(_ family: IPAddress.Family) -> Bool { self.families == .only(family) }
}
