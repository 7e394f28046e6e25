/// The difference between two maps.
package struct DERPMapDifference: Hashable, Sendable {
    /// One region in two maps.
    package struct Change: Hashable, Sendable {
        package let previous: DERPRegion
        package let later: DERPRegion
    }

    /// By ID, in order: the regions that only the later map has.
    package let added: [DERPRegion]
    /// By ID, in order: the regions that only the earlier map has.
    package let removed: [DERPRegion]
    /// By ID, in order: the regions that differ between the maps.
    package let changed: [Change]
    /// Whether the home parameters or the setting for default regions differ.
    package let isPolicyChanged: Bool

    /// Whether the maps are the same.
    package var isEmpty: Bool {
        self.added.isEmpty && self.removed.isEmpty && self.changed.isEmpty && !self.isPolicyChanged
    }

    package init(from previous: DERPMap, to later: DERPMap) {
        self.added = later.sortedRegions.filter { previous.regions[$0.regionID] == nil }
        self.removed = previous.sortedRegions.filter { later.regions[$0.regionID] == nil }
        self.changed = later.sortedRegions.compactMap { region in
            guard let old = previous.regions[region.regionID], old != region else { return nil }
            return Change(previous: old, later: region)
        }
        self.isPolicyChanged =
            previous.homeParams != later.homeParams || previous.omitDefaultRegions != later.omitDefaultRegions
    }
}
