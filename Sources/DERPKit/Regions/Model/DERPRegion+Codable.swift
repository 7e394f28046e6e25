extension DERPRegion: Codable {
    private enum Member: String, CodingKey {
        case regionID = "RegionID"
        case regionCode = "RegionCode"
        case regionName = "RegionName"
        case latitude = "Latitude"
        case longitude = "Longitude"
        case avoid = "Avoid"
        case noMeasureNoHome = "NoMeasureNoHome"
        case nodes = "Nodes"
    }

    /// Reads a region. Ignores unknown members and `null` nodes. Missing members and `null` mean zero.
    ///
    /// - Throws: `DecodingError` for a member of another type, a text of more than 1024 bytes, an ID out of range, or
    ///   more than 256 nodes.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        self.init(
            regionID: try members.regionID(forKey: .regionID),
            regionCode: try members.text(forKey: .regionCode),
            regionName: try members.text(forKey: .regionName),
            latitude: try members.decodeIfPresent(Double.self, forKey: .latitude) ?? 0,
            longitude: try members.decodeIfPresent(Double.self, forKey: .longitude) ?? 0,
            avoid: try members.decodeIfPresent(Bool.self, forKey: .avoid) ?? false,
            noMeasureNoHome: try members.decodeIfPresent(Bool.self, forKey: .noMeasureNoHome) ?? false,
            nodes: try members.nodes(forKey: .nodes)
        )
    }

    /// Writes the region. Leaves out zero values, except for ID, code, name and nodes.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(self.regionID, forKey: .regionID)
        try members.encode(self.regionCode, forKey: .regionCode)
        try members.encode(self.regionName, forKey: .regionName)
        try members.encode(self.latitude, unless: 0, forKey: .latitude)
        try members.encode(self.longitude, unless: 0, forKey: .longitude)
        try members.encode(self.avoid, unless: false, forKey: .avoid)
        try members.encode(self.noMeasureNoHome, unless: false, forKey: .noMeasureNoHome)
        try members.encode(self.nodes, forKey: .nodes)
    }
}

extension KeyedDecodingContainer {
    fileprivate func nodes(forKey key: Key) throws -> [DERPNode] {
        guard let nodes = try self.decodeIfPresent([DERPNode?].self, forKey: key) else { return [] }
        guard nodes.count <= DERPMapLimits.nodesPerRegion else {
            throw DecodingError.dataCorruptedError(
                forKey: key,
                in: self,
                debugDescription: "more than \(DERPMapLimits.nodesPerRegion) nodes in one region"
            )
        }
        return nodes.compactMap(\.self)
    }
}
