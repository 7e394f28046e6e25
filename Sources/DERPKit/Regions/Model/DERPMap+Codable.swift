extension DERPMap: Codable {
    /// Reads a map. Ignores unknown members. A region or node without its region's ID gets it from the region's key. A
    /// `null` region counts as absent.
    ///
    /// - Throws: `DecodingError` for a key that isn't a region's ID, a region with another ID than its key, members of
    ///   another type, or more than 4096 regions, 256 nodes in one, or 1024 bytes in one text.
    public init(from decoder: any Decoder) throws {
        self.init()
        self.apply(try DERPMapLayer(from: decoder))
    }

    /// Writes the map in the reference's JSON form.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: DERPMapLayer.Member.self)
        try members.encodeIfPresent(self.homeParams, forKey: .homeParams)
        var regions = members.nestedContainer(keyedBy: RegionKey.self, forKey: .regions)
        for (id, region) in self.regions { try regions.encode(region, forKey: RegionKey(id)) }
        try members.encode(self.omitDefaultRegions, unless: false, forKey: .omitDefaultRegions)
    }

    /// Lays `layer` over the map, region by region. Whole regions of the layer take precedence.
    package mutating func apply(_ layer: DERPMapLayer) {
        for (id, region) in layer.regions { self.regions[id] = region }
        self.homeParams = layer.homeParams ?? self.homeParams
        self.omitDefaultRegions = layer.omitDefaultRegions ?? self.omitDefaultRegions
    }
}
