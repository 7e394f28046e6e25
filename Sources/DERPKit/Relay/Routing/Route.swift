/// Where packets for a key go, as one loop sees it. One object per key and loop, so that a connection may remember
/// it: a change is written into it. Confined to the loop.
final class Route {
    /// The connection that gets the packets; `nil` once the key has left.
    fileprivate(set) var target: ClientID?
    /// The same connection, when this loop serves it.
    fileprivate(set) var outbox: Outbox?
}

/// The routes of one loop. Confined to the loop.
struct RouteTable {
    private var routes: [NodePublicKey: Route] = [:]

    var count: Int { self.routes.count }

    @inline(__always)
    subscript(_ key: NodePublicKey) -> Route? { self.routes[key] }

    /// Sends the key's packets to `target`; `outbox` is its queue, when this loop serves it.
    mutating func set(_ key: NodePublicKey, to target: ClientID, outbox: Outbox?) {
        let route: Route
        if let known = self.routes[key] {
            route = known
        } else {
            route = Route()
            self.routes[key] = route
        }
        route.target = target
        route.outbox = outbox
    }

    mutating func remove(_ key: NodePublicKey) {
        guard let route = self.routes.removeValue(forKey: key) else { return }
        route.target = nil
        route.outbox = nil
    }
}
