import IPAddresses

extension DERPMapReader {
    private static let nodeNames = [
        "Name", "RegionID", "HostName", "CertName", "IPv4", "IPv6", "STUNPort", "STUNOnly", "DERPPort",
        "InsecureForTests", "STUNTestIP", "CanPort80",
    ]

    mutating func node(_ value: SourceValue, of id: Int) -> DERPNode {
        var node = DERPNode(name: "", regionID: id, hostName: "")
        var lines = (name: value.line, host: value.line)
        for member in self.members(of: value, "a node of region \(id)", known: Self.nodeNames) {
            switch member.name {
            case "Name":
                node.name = self.text(member)
                lines.name = member.line
            case "RegionID": node.regionID = self.regionID(member, of: id)
            case "HostName":
                node.hostName = self.text(member)
                lines.host = member.line
            case "CertName": node.certName = self.certName(member)
            case "IPv4": node.ipv4 = self.address(member, .ipv4)
            case "IPv6": node.ipv6 = self.address(member, .ipv6)
            case "STUNPort": node.stunPort = self.integer(member, in: -1...65535) ?? 0
            case "STUNOnly": node.stunOnly = self.bool(member) ?? false
            case "DERPPort": node.derpPort = self.integer(member, in: 0...65535) ?? 0
            case "InsecureForTests": node.insecureForTests = self.insecure(member)
            case "STUNTestIP": node.stunTestIP = self.text(member)
            default: node.canPort80 = self.bool(member) ?? false
            }
        }
        self.checkNodeName(node.name, line: lines.name)
        self.checkHost(node.hostName, line: lines.host)
        return node
    }

    private mutating func regionID(_ member: SourceValue.Member, of id: Int) -> Int {
        guard let said = self.integer(member, in: 0...DERPRegion.validIDs.upperBound), said != 0 else { return id }
        if said != id { self.warn(member.line, "a node of region \(id) says that it is of region \(said)") }
        return said
    }

    private mutating func checkHost(_ host: String, line: Int) {
        let quoted = SourceText.quote(host)
        if host.isEmpty {
            self.refuse(line, "the node has no host name")
        } else if host.holds("://") {
            self.refuse(line, "a host name has no scheme, as \(quoted) has")
        } else if IPAddress(host) != nil {
            self.checkExample(host, line: line)
        } else if let authority = HTTPAuthority(host), authority.port == nil, !host.ends(with: ":") {
            if Self.isExample(host) { self.warn(line, "\(quoted) is a reserved example name, which no host has") }
        } else {
            let port = self.spelling(of: "DERPPort")
            self.refuse(line, "\(quoted) is no host name: it goes without path and port, which is \(port)")
        }
    }

    /// RFC 2606.
    private static func isExample(_ host: String) -> Bool {
        let name = "." + host.lowercasedASCII
        return [".example", ".example.com", ".example.net", ".example.org", ".invalid"].contains {
            name.ends(with: $0)
        }
    }

    private mutating func certName(_ member: SourceValue.Member) -> String {
        let text = self.text(member)
        let scheme = "sha256-raw:"
        if let digits = text.rest(after: scheme), Hex.decode(String(digits))?.count != 32 {
            self.refuse(member.line, "a pinned certificate is \(scheme) and 64 hexadecimal digits")
        }
        return text
    }

    private mutating func address(_ member: SourceValue.Member, _ family: IPAddress.Family) -> String {
        let text = self.text(member)
        guard !text.isEmpty, text != "none" else { return text }
        guard let address = IPAddress(text), address.family == family else {
            let quoted = SourceText.quote(text)
            let kind = family == .ipv4 ? "an IPv4 address" : "an IPv6 address"
            self.refuse(member.line, "\(self.spelling(of: member.name)) is \(kind) or \"none\", not \(quoted)")
            return text
        }
        self.checkExample(text, line: member.line)
        return text
    }

    /// RFC 5737, RFC 3849 and RFC 9637.
    private static let documentation = [
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20",
    ].compactMap { IPNetwork($0) }

    private mutating func checkExample(_ text: String, line: Int) {
        guard let address = IPAddress(text), Self.documentation.contains(where: { $0.contains(address) }) else {
            return
        }
        self.warn(line, "\(text) is a documentation address, which no host has")
    }

    private mutating func insecure(_ member: SourceValue.Member) -> Bool {
        let isInsecure = self.bool(member) ?? false
        let key = self.spelling(of: member.name)
        if isInsecure { self.warn(member.line, "\(key): clients don't check the node's certificate") }
        return isInsecure
    }
}
