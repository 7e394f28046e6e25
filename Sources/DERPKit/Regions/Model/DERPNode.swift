/// One relay of a region, as a DERP map describes it (docs/protocol.md, "The map").
public struct DERPNode: Hashable, Sendable {
    /// The node's name, unique in the map and no host name; by custom the region's id and a letter, as in `900a`.
    public var name: String
    /// The id of the region that the node belongs to.
    public var regionID: Int
    /// The DNS name or IP address that clients connect to.
    public var hostName: String
    /// What the certificate must show instead of ``hostName``: another name, or ``Certificate/pin``. Empty: nothing else.
    public var certName: String
    /// An IPv4 literal to use instead of DNS, or `none` for no IPv4. Empty: ask DNS.
    public var ipv4: String
    /// An IPv6 literal to use instead of DNS, or `none` for no IPv6. Empty: ask DNS.
    public var ipv6: String
    /// The UDP port of STUN. 0: 3478; -1: no STUN.
    public var stunPort: Int
    /// Whether the node answers STUN only and relays nothing.
    public var stunOnly: Bool
    /// The TCP port of DERP over TLS. 0: 443.
    public var derpPort: Int
    /// Whether clients shall not check the certificate. For tests.
    public var insecureForTests: Bool
    /// An address for STUN in tests. Empty: the node's own.
    public var stunTestIP: String
    /// Whether the node serves plain HTTP on port 80, for clients that look for captive portals.
    public var canPort80: Bool

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
