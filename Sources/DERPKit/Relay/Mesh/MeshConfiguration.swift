/// Makes a relay one of the nodes of a region, which relay for each other's clients (docs/protocol.md, "Mesh").
public struct MeshConfiguration: Sendable {
    /// The mesh key. Whoever shows it is a node of the mesh, or as trusted as one. Secret.
    public var key: MeshKey
    /// The nodes to which this node connects. This node may be among them, and is skipped. At most 1024.
    public var nodes: [MeshNode] = []

    /// How long connecting to a node may take in total. More than zero.
    package var connectTimeout: Duration = .seconds(10)
    /// How long to wait before a broken link is made again. A random part of up to a fifth is added. More than zero.
    package var reconnectDelay: Duration = .seconds(5)
    /// The time between the pings that show whether a node is alive. More than zero.
    package var pingInterval: Duration = .seconds(5)
    /// How long a node may say nothing before the link is given up. More than ``pingInterval``.
    package var silenceLimit: Duration = .seconds(15)

    /// Creates a mesh whose nodes show `key`. Without `nodes`, the relay waits for the other nodes to connect.
    public init(key: MeshKey, nodes: [MeshNode] = []) {
        self.key = key
        self.nodes = nodes
    }

    func validate() throws(DERPError) {
        let require = DERPError.require
        try require(self.nodes.count <= 1024, "a mesh has more than 1024 nodes")
        try require(self.connectTimeout > .zero, "the mesh's connect timeout is not more than zero")
        try require(self.reconnectDelay > .zero, "the mesh's reconnect delay is not more than zero")
        try require(self.pingInterval > .zero, "the mesh's ping interval is not more than zero")
        try require(
            self.silenceLimit > self.pingInterval,
            "the mesh's silence limit is not more than its ping interval"
        )
        var names: Set<String> = []
        for node in self.nodes {
            try require(CertificateHost(node.server.host) != nil, "a mesh node is neither a DNS name nor an IP address")
            try require(names.insert(node.name).inserted, "mesh node \(node.name) is named twice")
        }
    }
}
