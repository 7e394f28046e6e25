/// One region of a DERP map: nodes that are reached with about the same latency (docs/protocol.md, "The map").
public struct DERPRegion: Hashable, Sendable {
    /// The valid IDs of regions. 900–999 are for private use.
    package static let validIDs = 1...((1 << 53) - 1)

    /// The region's number, 1…2⁵³ − 1.
    public var regionID: Int
    /// A short name, such as an airport's code.
    public var regionCode: String
    /// A name for people.
    public var regionName: String
    /// Degrees north. 0 with ``longitude`` 0 means unknown.
    public var latitude: Double
    /// Degrees east.
    public var longitude: Double
    /// The deprecated predecessor of ``noMeasureNoHome``.
    public var avoid: Bool
    /// Whether clients should neither measure this region nor make it their home.
    public var noMeasureNoHome: Bool
    /// The region's nodes, with the one to try first at the front.
    public var nodes: [DERPNode]

    /// A region without nodes and at no known place, unless they are given.
    public init(
        regionID: Int,
        regionCode: String,
        regionName: String,
        latitude: Double = 0,
        longitude: Double = 0,
        avoid: Bool = false,
        noMeasureNoHome: Bool = false,
        nodes: [DERPNode] = []
    ) {
        self.regionID = regionID
        self.regionCode = regionCode
        self.regionName = regionName
        self.latitude = latitude
        self.longitude = longitude
        self.avoid = avoid
        self.noMeasureNoHome = noMeasureNoHome
        self.nodes = nodes
    }
}
