/// A map made of layers, that remembers which of them each region is from.
public struct LayeredDERPMap: Hashable, Sendable {
    /// The layers so far, as clients see them.
    public private(set) var map = DERPMap()
    /// Where each region of ``map`` is from, by its id.
    public private(set) var origins: [Int: String] = [:]
    /// Where each region was taken away that isn't in ``map``, by its id.
    public private(set) var removals: [Int: String] = [:]
    /// Which layers were to take away a region that wasn't there, by its id.
    public private(set) var vainRemovals: [Int: String] = [:]

    public init() {}

    /// Lays `layer` over those that are there: its regions replace whole ones, its `nil` removes one (docs/protocol.md, "The map").
    ///
    /// - Parameter origin: what to call the layer: a path, a URL.
    public mutating func apply(_ layer: DERPMapLayer, from origin: String) {
        for (id, region) in layer.regions {
            if region == nil, self.map.regions[id] == nil { self.vainRemovals[id] = origin }
            self.origins[id] = region == nil ? nil : origin
            self.removals[id] = region == nil ? origin : nil
        }
        self.map.apply(layer)
    }

    /// Puts each region's nodes in an order that is drawn from `seed`, the region, and the nodes' names: always the same one,
    /// and a node that comes or goes leaves the others' as it is.
    package mutating func shuffleNodes(seed: String) {
        for (id, region) in self.map.regions where region.nodes.count > 1 {
            let ranked = region.nodes.map { node in
                (rank: SHA256.digest(of: Array("\(seed)\n\(id)\n\(node.name)".utf8)), node: node)
            }
            self.map.regions[id]?.nodes = ranked.sorted { $0.rank.lexicographicallyPrecedes($1.rank) }.map(\.node)
        }
    }
}
