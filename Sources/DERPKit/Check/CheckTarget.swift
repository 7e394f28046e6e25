import IPAddresses

/// A node to check.
public struct CheckTarget: Hashable, Sendable {
    /// The node, as in a map.
    public var node: DERPNode
    /// Whether the node uses plain HTTP instead of TLS, as relays behind a proxy do.
    package var isPlain: Bool

    /// Makes a target from a node of a map.
    public init(_ node: DERPNode, isPlain: Bool = false) {
        self.node = node
        self.isPlain = isPlain
    }

    /// Makes a target from the URL of a relay that is in no map. The relay should answer STUN on port 3478, unless you
    /// change ``node``.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration` if it isn't an `http` or `https` URL.
    public init(url: some StringProtocol) throws(DERPError) {
        guard let url = HTTPURL(url) else {
            throw DERPError(.invalidConfiguration, "a relay's URL is http:// or https:// and a host")
        }
        var node = DERPNode(name: url.authority, regionID: 0, hostName: url.name)
        node.derpPort = Int(url.port)
        node.canPort80 = url.isSecure
        self.init(node, isPlain: !url.isSecure)
    }

    /// The DERP port, 1…65535; `nil` if the node's value isn't a port.
    var derpPort: UInt16? { UInt16(exactly: self.node.derpPort == 0 ? 443 : self.node.derpPort) }

    /// The STUN port, 1…65535; `nil` if the node has no STUN.
    var stunPort: UInt16? { UInt16(exactly: self.node.stunPort == 0 ? 3478 : self.node.stunPort) }

    /// The host and the port.
    var authority: String {
        let host = IPAddress(self.node.hostName)?.family == .ipv6 ? "[\(self.node.hostName)]" : self.node.hostName
        guard !self.node.stunOnly, let port = self.derpPort, port != 443 else { return host }
        return "\(host):\(port)"
    }

    /// The pin that the node's certificate must have, 64 hex digits; `nil` if there is none.
    var pin: String? {
        self.node.certName.rest(after: Certificate.pinPrefix).map { String($0) }
    }

    /// The name that the certificate must be for.
    var certificateName: String {
        self.node.certName.isEmpty || self.pin != nil ? self.node.hostName : self.node.certName
    }
}
