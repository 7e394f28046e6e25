/// What one source says of the map: regions to add or put in another's place, and regions to take away.
///
/// Where a ``DERPMap`` is what clients are given, a layer is what files and URLs hold: there `null` removes a region of
/// the layers below (docs/protocol.md, "The map").
public struct DERPMapLayer: Hashable, Sendable {
    /// How clients shall choose their home; `nil`: as the layers below say.
    public var homeParams: DERPMap.HomeParams?
    /// By id: the region, or `nil` to remove it.
    public var regions: [Int: DERPRegion?]
    /// Whether Tailscale's own relays are not to be used; `nil`: as the layers below say.
    public var omitDefaultRegions: Bool?

    public init(
        regions: [Int: DERPRegion?] = [:],
        homeParams: DERPMap.HomeParams? = nil,
        omitDefaultRegions: Bool? = nil
    ) {
        self.regions = regions
        self.homeParams = homeParams
        self.omitDefaultRegions = omitDefaultRegions
    }
}

extension DERPMapLayer: Decodable {
    enum Member: String, CodingKey {
        case homeParams = "HomeParams"
        case regions = "Regions"
        case omitDefaultRegions
    }

    /// Reads a layer in the form of a DERP map. Unknown members are ignored. A region or node that doesn't say its
    /// region's id gets it from the region's key.
    ///
    /// - Throws: `DecodingError` for a key that is no region's id, a region that says another id than its key, members
    ///   of another type, or more than 4096 regions, 256 nodes in one, or 1024 bytes in one text.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        self.init(
            homeParams: try members.decodeIfPresent(DERPMap.HomeParams.self, forKey: .homeParams),
            omitDefaultRegions: try members.decodeIfPresent(Bool.self, forKey: .omitDefaultRegions)
        )
        guard try members.contains(.regions) && !members.decodeNil(forKey: .regions) else { return }
        let regions = try members.nestedContainer(keyedBy: RegionKey.self, forKey: .regions)
        for (id, region) in try regions.decodeByID(DERPRegion?.self) {
            guard let region else {
                self.regions.updateValue(nil, forKey: id)
                continue
            }
            guard region.regionID == 0 || region.regionID == id else {
                throw DecodingError.dataCorruptedError(
                    forKey: RegionKey(id),
                    in: regions,
                    debugDescription: "the region says that it is \(region.regionID)"
                )
            }
            self.regions.updateValue(region.filledIn(id: id), forKey: id)
        }
    }
}

extension DERPRegion {
    /// The region with its id set, and the nodes' too where they say none.
    fileprivate func filledIn(id: Int) -> Self {
        var region = self
        region.regionID = id
        for index in region.nodes.indices where region.nodes[index].regionID == 0 {
            region.nodes[index].regionID = id
        }
        return region
    }
}
