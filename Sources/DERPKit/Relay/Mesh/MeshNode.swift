/// Another node of a mesh, and how to reach it.
public struct MeshNode: Sendable {
    /// The node's name, port and certificate. Over plain HTTP, everybody on the way can read the mesh key.
    public var server: DERPClient.Server
    /// The host to connect to instead of the server's own, as a name or an IP literal, such as its address in a private
    /// network. `nil`: the server's own.
    public var dialHost: String?

    /// Creates the node at `server`.
    public init(_ server: DERPClient.Server, dialHost: String? = nil) {
        self.server = server
        self.dialHost = dialHost
    }

    /// Host and port, as logs and metrics show them.
    package var name: String { self.server.description }
}
