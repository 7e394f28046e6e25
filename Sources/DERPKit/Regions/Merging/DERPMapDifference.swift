/// The difference between two maps.
public struct DERPMapDifference: Hashable, Sendable {
    /// One region in two maps.
    public struct Change: Hashable, Sendable {
        public let former: DERPRegion
        public let later: DERPRegion
    }

    /// By ID, in order: the regions that only the later map has.
    public let added: [DERPRegion]
    /// By ID, in order: the regions that only the earlier map has.
    public let removed: [DERPRegion]
    /// By ID, in order: the regions that differ between the maps.
    public let changed: [Change]
    /// Whether the home parameters or the setting for default regions differ.
    public let isPolicyChanged: Bool

    /// Whether the maps are the same.
    public var isEmpty: Bool {
        self.added.isEmpty && self.removed.isEmpty && self.changed.isEmpty && !self.isPolicyChanged
    }

    public init(from former: DERPMap, to later: DERPMap) {
        self.added = later.sortedRegions.filter { former.regions[$0.regionID] == nil }
        self.removed = former.sortedRegions.filter { later.regions[$0.regionID] == nil }
        self.changed = later.sortedRegions.compactMap { region in
            guard let old = former.regions[region.regionID], old != region else { return nil }
            return Change(former: old, later: region)
        }
        self.isPolicyChanged =
            former.homeParams != later.homeParams || former.omitDefaultRegions != later.omitDefaultRegions
    }
}
