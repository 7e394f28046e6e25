/// The DERP map that this server serves. It is encoded when it changes, not when it is asked for.
public actor RegionMap {
    /// The map as it goes to clients.
    public struct Document: Hashable, Sendable {
        /// `application/json`.
        public let json: [UInt8]
        /// A strong entity tag with its quotes (RFC 9110 §8.8.3), a digest of ``json``.
        public let etag: String
    }

    /// The map as it is now.
    public private(set) var map: DERPMap
    /// ``map`` as it goes to clients.
    public private(set) var document: Document

    /// Starts with this server's own region, or without any.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration` when the region's id is out of range.
    public init(ownRegion: DERPRegion?) throws {
        let map = DERPMap(regions: ownRegion.map { [$0] } ?? [])
        self.map = map
        self.document = try Document(map)
    }

    /// Puts `region` in the place of the region with its id.
    ///
    /// - Throws: As ``init(ownRegion:)``; the map is then as it was.
    public func update(_ region: DERPRegion) throws {
        var map = self.map
        map.regions[region.regionID] = region
        self.document = try Document(map)
        self.map = map
    }
}

extension RegionMap.Document {
    fileprivate init(_ map: DERPMap) throws {
        for id in map.regions.keys where !DERPRegion.validIDs.contains(id) {
            throw DERPError(.invalidConfiguration, "a region's id is \(id), which is not in 1…2^53-1")
        }
        self.json = try map.json()
        self.etag = "\"" + Hex.encode(SHA256.digest(of: self.json).prefix(16)) + "\""
    }
}
