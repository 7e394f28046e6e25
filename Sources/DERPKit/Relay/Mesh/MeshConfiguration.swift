/// What makes a relay one of several nodes of a region, which relay for each other's clients (docs/protocol.md, "Mesh").
public struct MeshConfiguration: Sendable {
    /// Who shows this key is a node of the mesh, or as trusted as one. Secret.
    public var key: MeshKey
    /// The nodes to which this one connects; itself may be among them, and is passed over. At most 1024.
    public var nodes: [MeshNode] = []

    /// How long connecting to a node may take, in all. More than zero.
    public var connectTimeout: Duration = .seconds(10)
    /// When a link that broke is made anew, to which up to a fifth is added at random. More than zero.
    public var reconnectDelay: Duration = .seconds(5)
    /// Time between the pings that show whether a node lives. More than zero.
    public var pingInterval: Duration = .seconds(5)
    /// How long a node may say nothing before the link is given up. More than ``pingInterval``.
    public var silenceLimit: Duration = .seconds(15)

    /// A mesh whose nodes show `key`. Without `nodes` the relay waits for the others to connect.
    public init(key: MeshKey, nodes: [MeshNode] = []) {
        self.key = key
        self.nodes = nodes
    }

    func validate() throws(DERPError) {
        let require = RelayServer.Configuration.require
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
