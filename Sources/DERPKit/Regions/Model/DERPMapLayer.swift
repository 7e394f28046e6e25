/// What one source says about the map: regions to add or replace, and regions to remove.
///
/// A ``DERPMap`` is what clients get. A layer is what files and URLs contain: there, `null` removes a region of the
/// layers below (docs/protocol.md, "The map").
package struct DERPMapLayer: Hashable, Sendable {
    /// How clients should choose their home; `nil` means as the layers below say.
    package var homeParams: DERPMap.HomeParams?
    /// By ID: the region, or `nil` to remove it.
    package var regions: [Int: DERPRegion?]
    /// Whether clients should not use Tailscale's own relays; `nil` means as the layers below say.
    package var omitDefaultRegions: Bool?

    /// A layer with these regions by id, `nil` removing one. By default it changes nothing.
    package init(
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

    /// Reads a layer in the form of a DERP map. Ignores unknown members. A region or node without its region's ID gets
    /// it from the region's key.
    ///
    /// - Throws: `DecodingError` for a key that isn't a region's ID, a region with another ID than its key, members of
    ///   another type, or more than 4096 regions, 256 nodes in one, or 1024 bytes in one text.
    package init(from decoder: any Decoder) throws {
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
    /// Returns the region with its ID set, and also the IDs of nodes that have none.
    fileprivate func filledIn(id: Int) -> Self {
        var region = self
        region.regionID = id
        for index in region.nodes.indices where region.nodes[index].regionID == 0 {
            region.nodes[index].regionID = id
        }
        return region
    }
}
