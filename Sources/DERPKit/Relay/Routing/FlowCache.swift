/// The routes of recent pairs of sender and receiver, so that a packet between them needs no look-up. The number of
/// places is fixed, and each pair has one place. Pairs that share a place cost a look-up, nothing else.
struct FlowCache {
    private struct Flow {
        var source: NodePublicKey
        var destination: NodePublicKey
        var route: Route
        /// The receiver that was noted as the sender's contact.
        var contact: ClientID
    }

    private var flows = [Flow?](repeating: nil, count: Self.size)

    /// A power of two.
    private static let size = 1024

    /// Returns the route to a client of this node, and notes that this client has heard of `source`.
    @inline(__always)
    mutating func route(
        from source: NodePublicKey,
        to destination: NodePublicKey,
        on relay: RelayLoop
    ) -> (Route, ClientID)? {
        let mixed = (source.someBits &+ 0x9e37_79b9_7f4a_7c15 &* destination.someBits) >> 32
        let place = Int(truncatingIfNeeded: mixed) & (Self.size - 1)
        if let flow = self.flows[place], flow.source == source, flow.destination == destination,
            let target = flow.route.target, target == flow.contact, !flow.route.isRemote
        {
            return (flow.route, target)
        }
        guard let route = relay.routes[destination], let target = route.target, !route.isRemote else { return nil }
        relay.remoteContacts.note(target, of: source)
        self.flows[place] = Flow(source: source, destination: destination, route: route, contact: target)
        return (route, target)
    }
}
