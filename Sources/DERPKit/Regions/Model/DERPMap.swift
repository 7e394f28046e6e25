/// The relays that clients may use, by region (docs/protocol.md, "The map").
public struct DERPMap: Hashable, Sendable {
    /// How clients shall choose their home; `nil`: as before.
    public var homeParams: HomeParams?
    /// The regions by their id.
    public var regions: [Int: DERPRegion]
    /// Whether Tailscale's own relays are not to be used besides these.
    public var omitDefaultRegions: Bool

    public init(
        regions: [DERPRegion] = [],
        homeParams: HomeParams? = nil,
        omitDefaultRegions: Bool = false
    ) {
        self.regions = Dictionary(regions.map { ($0.regionID, $0) }, uniquingKeysWith: { $1 })
        self.homeParams = homeParams
        self.omitDefaultRegions = omitDefaultRegions
    }

    /// The regions in order of their ids.
    public var sortedRegions: [DERPRegion] {
        self.regions.sorted { $0.key < $1.key }.map(\.value)
    }
}
