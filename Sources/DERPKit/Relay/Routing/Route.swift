/// Where packets for a key go, as one loop sees it. There is one object per key and loop, so that a connection may keep
/// it: the ``RouteTable`` writes changes into it. Confined to the loop.
final class Route {
    /// The connection that gets the packets: the client's, or the link to the node that has the client. `nil` once the
    /// key has left.
    var target: ClientID?
    /// The client's queue, when this loop serves the client.
    var outbox: Outbox?
    /// The link's queue, when this loop serves the link.
    var link: Outbox?
    /// Whether the client is at another node of the mesh.
    var isRemote = false
}
