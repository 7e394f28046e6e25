/// A map made of layers that remembers which layer each region comes from.
package struct LayeredDERPMap: Hashable, Sendable {
    /// The layers so far, as clients see them.
    package private(set) var map = DERPMap()
    /// The origin of each region of ``map``, by its ID.
    package private(set) var origins: [Int: String] = [:]
    /// The layer that removed each removed region that isn't in ``map``, by the region's ID.
    package private(set) var removals: [Int: String] = [:]
    /// The layers that should remove a region that wasn't there, by its ID.
    package private(set) var vainRemovals: [Int: String] = [:]

    package init() {}

    /// Lays `layer` over the existing layers. Its regions replace whole regions, and its `nil` removes one
    /// (docs/protocol.md, "The map").
    ///
    /// - Parameter origin: The name of the layer: a path, a URL.
    package mutating func apply(_ layer: DERPMapLayer, from origin: String) {
        for (id, region) in layer.regions {
            if region == nil, self.map.regions[id] == nil { self.vainRemovals[id] = origin }
            self.origins[id] = region == nil ? nil : origin
            self.removals[id] = region == nil ? origin : nil
        }
        self.map.apply(layer)
    }

    /// Puts each region's nodes in an order derived from `seed`, the region, and the nodes' names. It is always the
    /// same order, and a node that comes or goes doesn't change the order of the others.
    package mutating func shuffleNodes(seed: String) {
        for (id, region) in self.map.regions where region.nodes.count > 1 {
            let ranked = region.nodes.map { node in
                (rank: SHA256.digest(of: Array("\(seed)\n\(id)\n\(node.name)".utf8)), node: node)
            }
            self.map.regions[id]?.nodes = ranked.sorted { $0.rank.lexicographicallyPrecedes($1.rank) }.map(\.node)
        }
    }
}
