import AsyncSockets

/// A node that is to be checked.
public struct CheckTarget: Hashable, Sendable {
    /// The node, as a map describes it.
    public var node: DERPNode
    /// Whether it speaks plain HTTP where a map's nodes speak TLS: for relays behind a proxy.
    public var isPlain: Bool

    /// A node of a map.
    public init(_ node: DERPNode, isPlain: Bool = false) {
        self.node = node
        self.isPlain = isPlain
    }

    /// The relay at a URL, which is in no map: it is expected to answer STUN on port 3478, unless the node is changed.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration` when it is no URL of `http` or `https`.
    public init(url: some StringProtocol) throws(DERPError) {
        guard let url = HTTPURL(url) else {
            throw DERPError(.invalidConfiguration, "a relay's URL is http:// or https:// and a host")
        }
        var node = DERPNode(name: url.authority, regionID: 0, hostName: url.name)
        node.derpPort = Int(url.port)
        node.canPort80 = url.isSecure
        self.init(node, isPlain: !url.isSecure)
    }

    /// 1…65535; `nil` for what is no port.
    var derpPort: UInt16? { UInt16(exactly: self.node.derpPort == 0 ? 443 : self.node.derpPort) }

    /// 1…65535; `nil` where there is no STUN.
    var stunPort: UInt16? { UInt16(exactly: self.node.stunPort == 0 ? 3478 : self.node.stunPort) }

    /// Host and port.
    var authority: String {
        let host = IPAddress(self.node.hostName)?.family == .ipv6 ? "[\(self.node.hostName)]" : self.node.hostName
        guard !self.node.stunOnly, let port = self.derpPort, port != 443 else { return host }
        return "\(host):\(port)"
    }

    /// The pin that the node's certificate must have, 64 hex digits; `nil` where there is none.
    var pin: String? {
        self.node.certName.rest(after: Certificate.pinPrefix).map { String($0) }
    }

    /// The name that the certificate must be for.
    var certificateName: String {
        self.node.certName.isEmpty || self.pin != nil ? self.node.hostName : self.node.certName
    }
}
