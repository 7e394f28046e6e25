/// The routes of one loop. Confined to the loop.
struct RouteTable {
    private var routes: [NodePublicKey: Route] = [:]
    /// The keys at other nodes for which nobody here has had a packet yet, so that they need no route.
    private var remotes = RemoteKeys()

    /// Returns the route of a key. Keys to which nothing was sent yet may have no route but a link
    /// (``remoteLink(to:)``).
    @inline(__always)
    subscript(_ key: NodePublicKey) -> Route? { self.routes[key] }

    /// Returns the link to the node that has the key, when there is no route yet.
    func remoteLink(to key: NodePublicKey) -> ClientID? { self.remotes[key] }

    /// Sends the key's packets to `target`. `outbox` is its queue, when this loop serves it.
    mutating func set(_ key: NodePublicKey, to target: ClientID, outbox: Outbox?) {
        let route = self.entry(key)
        route.target = target
        route.outbox = outbox
        route.link = nil
        route.isRemote = false
    }

    /// Sends the key's packets over the link `target`. The route is made with the first packet.
    mutating func note(_ key: NodePublicKey, over target: ClientID) {
        self.remotes.set(key, over: target)
    }

    /// Sends the key's packets over the link `target`. `link` is its queue, when this loop serves it.
    @discardableResult
    mutating func set(_ key: NodePublicKey, over target: ClientID, link: Outbox?) -> Route {
        let route = self.entry(key)
        route.target = target
        route.outbox = nil
        route.link = link
        route.isRemote = true
        return route
    }

    private mutating func entry(_ key: NodePublicKey) -> Route {
        if let known = self.routes[key] { return known }
        self.remotes.remove(key)
        let route = Route()
        self.routes[key] = route
        return route
    }

    mutating func remove(_ key: NodePublicKey) {
        guard let route = self.routes.removeValue(forKey: key) else {
            self.remotes.remove(key)
            return
        }
        route.target = nil
        route.outbox = nil
        route.link = nil
    }
}
