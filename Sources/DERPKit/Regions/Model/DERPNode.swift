/// One relay of a region, as a DERP map describes it (docs/protocol.md, "The map").
public struct DERPNode: Hashable, Sendable {
    /// The node's name, which is unique in the map and isn't a host name. By convention it is the region's ID and a
    /// letter, as in `900a`.
    public var name: String
    /// The ID of the node's region.
    public var regionID: Int
    /// The DNS name or IP address that clients connect to.
    public var hostName: String
    /// What the certificate must match instead of ``hostName``: another name, or ``Certificate/pin``. Empty means
    /// nothing else.
    public var certName: String
    /// An IPv4 literal to use instead of DNS, or `none` for no IPv4. Empty means to ask DNS.
    public var ipv4: String
    /// An IPv6 literal to use instead of DNS, or `none` for no IPv6. Empty means to ask DNS.
    public var ipv6: String
    /// The UDP port of STUN. 0 means 3478, and -1 means no STUN.
    public var stunPort: Int
    /// Whether the node only answers STUN and doesn't relay.
    public var stunOnly: Bool
    /// The TCP port of DERP over TLS. 0 means 443.
    public var derpPort: Int
    /// Whether clients should not check the certificate. For tests.
    public var insecureForTests: Bool
    /// An address for STUN in tests. Empty means the node's own.
    public var stunTestIP: String
    /// Whether the node serves plain HTTP on port 80, for clients that look for captive portals.
    public var canPort80: Bool

    /// A node with the standard ports. What is left out has the default that the property tells.
    public init(
        name: String,
        regionID: Int,
        hostName: String,
        certName: String = "",
        ipv4: String = "",
        ipv6: String = "",
        stunPort: Int = 0,
        stunOnly: Bool = false,
        derpPort: Int = 0,
        insecureForTests: Bool = false,
        stunTestIP: String = "",
        canPort80: Bool = false
    ) {
        self.name = name
        self.regionID = regionID
        self.hostName = hostName
        self.certName = certName
        self.ipv4 = ipv4
        self.ipv6 = ipv6
        self.stunPort = stunPort
        self.stunOnly = stunOnly
        self.derpPort = derpPort
        self.insecureForTests = insecureForTests
        self.stunTestIP = stunTestIP
        self.canPort80 = canPort80
    }
}
