/// What a node of the mesh tells of its clients.
enum MeshChange: Hashable, Sendable {
    /// The key is connected there.
    case present(NodePublicKey)
    /// It isn't, or no longer.
    case gone(NodePublicKey)
}
