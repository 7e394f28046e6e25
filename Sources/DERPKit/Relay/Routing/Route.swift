/// Where packets for a key go, as one loop sees it. One object per key and loop, so that a connection may remember
/// it: a change is written into it. Confined to the loop.
final class Route {
    /// The connection that gets the packets: the client's, or the link to the node that has the client. `nil` once the
    /// key has left.
    fileprivate(set) var target: ClientID?
    /// The client's connection, when this loop serves it.
    fileprivate(set) var outbox: Outbox?
    /// The link, when this loop serves it.
    fileprivate(set) var link: Outbox?
    /// Whether the client is at another node of the mesh.
    fileprivate(set) var isRemote = false
}

/// The routes of one loop. Confined to the loop.
struct RouteTable {
    private var routes: [NodePublicKey: Route] = [:]

    var count: Int { self.routes.count }

    @inline(__always)
    subscript(_ key: NodePublicKey) -> Route? { self.routes[key] }

    /// Sends the key's packets to `target`; `outbox` is its queue, when this loop serves it.
    mutating func set(_ key: NodePublicKey, to target: ClientID, outbox: Outbox?) {
        let route = self.entry(key)
        route.target = target
        route.outbox = outbox
        route.link = nil
        route.isRemote = false
    }

    /// Sends the key's packets over the link `target`; `link` is its queue, when this loop serves it.
    mutating func set(_ key: NodePublicKey, over target: ClientID, link: Outbox?) {
        let route = self.entry(key)
        route.target = target
        route.outbox = nil
        route.link = link
        route.isRemote = true
    }

    private mutating func entry(_ key: NodePublicKey) -> Route {
        if let known = self.routes[key] { return known }
        let route = Route()
        self.routes[key] = route
        return route
    }

    mutating func remove(_ key: NodePublicKey) {
        guard let route = self.routes.removeValue(forKey: key) else { return }
        route.target = nil
        route.outbox = nil
        route.link = nil
    }
}
