/// What a node of the mesh reports about its clients.
enum MeshChange: Hashable, Sendable {
    /// The key is connected to that node.
    case present(NodePublicKey)
    /// The key is not connected to that node, or no longer.
    case gone(NodePublicKey)
}
