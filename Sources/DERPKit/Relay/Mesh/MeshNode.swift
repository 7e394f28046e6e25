/// Another node of a mesh, as one reaches it.
public struct MeshNode: Sendable {
    /// Its name, port and certificate. Over plain HTTP whoever is on the way learns the mesh key.
    public var server: DERPClient.Server
    /// The host to connect to in place of the server's own, by name or as an IP literal, such as its address in a private
    /// network. `nil`: the server's own.
    public var dialHost: String?

    /// The node at `server`.
    public init(_ server: DERPClient.Server, dialHost: String? = nil) {
        self.server = server
        self.dialHost = dialHost
    }

    /// Host and port, which logs and metrics show.
    public var name: String { self.server.description }
}
