extension DERPNode: Codable {
    private enum Member: String, CodingKey {
        case name = "Name"
        case regionID = "RegionID"
        case hostName = "HostName"
        case certName = "CertName"
        case ipv4 = "IPv4"
        case ipv6 = "IPv6"
        case stunPort = "STUNPort"
        case stunOnly = "STUNOnly"
        case derpPort = "DERPPort"
        case insecureForTests = "InsecureForTests"
        case stunTestIP = "STUNTestIP"
        case canPort80 = "CanPort80"
    }

    /// Reads a node. Ignores unknown members. Missing members and `null` mean zero.
    ///
    /// - Throws: `DecodingError` for a member of another type, a text of more than 1024 bytes, or an id or port out of
    ///   range.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        self.init(
            name: try members.text(forKey: .name),
            regionID: try members.regionID(forKey: .regionID),
            hostName: try members.text(forKey: .hostName),
            certName: try members.text(forKey: .certName),
            ipv4: try members.text(forKey: .ipv4),
            ipv6: try members.text(forKey: .ipv6),
            stunPort: try members.number(in: -1...65535, forKey: .stunPort),
            stunOnly: try members.decodeIfPresent(Bool.self, forKey: .stunOnly) ?? false,
            derpPort: try members.number(in: 0...65535, forKey: .derpPort),
            insecureForTests: try members.decodeIfPresent(Bool.self, forKey: .insecureForTests) ?? false,
            stunTestIP: try members.text(forKey: .stunTestIP),
            canPort80: try members.decodeIfPresent(Bool.self, forKey: .canPort80) ?? false
        )
    }

    /// Writes the node. Leaves out zero values, except for name, region ID and host name.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(self.name, forKey: .name)
        try members.encode(self.regionID, forKey: .regionID)
        try members.encode(self.hostName, forKey: .hostName)
        try members.encode(self.certName, unless: "", forKey: .certName)
        try members.encode(self.ipv4, unless: "", forKey: .ipv4)
        try members.encode(self.ipv6, unless: "", forKey: .ipv6)
        try members.encode(self.stunPort, unless: 0, forKey: .stunPort)
        try members.encode(self.stunOnly, unless: false, forKey: .stunOnly)
        try members.encode(self.derpPort, unless: 0, forKey: .derpPort)
        try members.encode(self.insecureForTests, unless: false, forKey: .insecureForTests)
        try members.encode(self.stunTestIP, unless: "", forKey: .stunTestIP)
        try members.encode(self.canPort80, unless: false, forKey: .canPort80)
    }
}
