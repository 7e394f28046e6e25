/// The relays that clients may use, by region (docs/protocol.md, "The map").
public struct DERPMap: Hashable, Sendable {
    /// How clients should choose their home; `nil` means as before.
    public var homeParams: HomeParams?
    /// The regions by their ID.
    public var regions: [Int: DERPRegion]
    /// Whether clients should not use Tailscale's own relays in addition to these.
    public var omitDefaultRegions: Bool

    /// A map of these regions. Of several regions with the same id the last one counts.
    public init(
        regions: [DERPRegion] = [],
        homeParams: HomeParams? = nil,
        omitDefaultRegions: Bool = false
    ) {
        self.regions = Dictionary(regions.map { ($0.regionID, $0) }, uniquingKeysWith: { $1 })
        self.homeParams = homeParams
        self.omitDefaultRegions = omitDefaultRegions
    }

    /// The regions in order of their IDs.
    public var sortedRegions: [DERPRegion] {
        self.regions.sorted { $0.key < $1.key }.map(\.value)
    }
}
