extension DERPMap: Codable {
    /// Reads a map as ``DERPMapLayer`` does. A `null` region counts as absent.
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
    public mutating func apply(_ layer: DERPMapLayer) {
        for (id, region) in layer.regions { self.regions[id] = region }
        self.homeParams = layer.homeParams ?? self.homeParams
        self.omitDefaultRegions = layer.omitDefaultRegions ?? self.omitDefaultRegions
    }
}
