/// One region of a DERP map: nodes that are reached with about the same latency.
public struct DERPRegion: Hashable, Sendable {
    /// 1…2^53-1; 900–999 are for private use.
    public var regionID: Int
    public var regionCode: String
    public var regionName: String

    public init(regionID: Int, regionCode: String, regionName: String) {
        self.regionID = regionID
        self.regionCode = regionCode
        self.regionName = regionName
    }
}
