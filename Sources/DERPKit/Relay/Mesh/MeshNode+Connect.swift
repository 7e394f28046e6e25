import AsyncSockets

extension MeshNode {
    /// Logs in to the node as a mesh peer.
    ///
    /// - Throws: The errors of ``DERPClient/connect(to:as:options:on:)``.
    func connect(
        as key: NodePrivateKey,
        of mesh: MeshConfiguration,
        on loop: IOLoop
    ) async throws(DERPError) -> DERPClient {
        var options = DERPClient.Options()
        options.info.meshKey = mesh.key
        options.connectTimeout = mesh.connectTimeout
        var server = self.server
        if let host = self.dialHost {
            let deadline = ContinuousClock.now + mesh.connectTimeout
            server.addresses = try await HostResolver.shared.addresses(of: host, until: deadline)
        }
        return try await DERPClient.connect(to: server, as: key, options: options, on: loop)
    }
}
