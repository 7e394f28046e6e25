extension RelayServer {
    /// Creates a link to each other node of the mesh, spread over the loops.
    static func links(on relays: [RelayLoop], context: RelayContext) -> [MeshLink] {
        guard let mesh = context.configuration.mesh else { return [] }
        return mesh.nodes.enumerated().map { index, node in
            // Starts at the last loop, because the first one also does the forwarder's work.
            MeshLink(to: node, of: mesh, on: relays[relays.count - 1 - index % relays.count], context: context)
        }
    }
}
