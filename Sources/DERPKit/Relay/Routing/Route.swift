/// Where packets for a key go, as one loop sees it. One object per key and loop, so that a connection may remember
/// it: a change is written into it, by the ``RouteTable``. Confined to the loop.
final class Route {
    /// The connection that gets the packets: the client's, or the link to the node that has the client. `nil` once the
    /// key has left.
    var target: ClientID?
    /// The client's connection, when this loop serves it.
    var outbox: Outbox?
    /// The link, when this loop serves it.
    var link: Outbox?
    /// Whether the client is at another node of the mesh.
    var isRemote = false
}
