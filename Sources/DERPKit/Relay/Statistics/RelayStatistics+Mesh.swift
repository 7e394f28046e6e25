extension RelayStatistics {
    /// The mesh.
    public struct Mesh: Hashable, Sendable {
        /// Keys that are connected to other nodes now, and not here.
        public let remoteClients: Int
        /// The link to each other node, in the order of the configuration.
        public let links: [Link]
        /// Mesh peers that are told now which clients come and go.
        let watchers: Int
    }
}

extension RelayStatistics.Mesh {
    /// The link to another node.
    public struct Link: Hashable, Sendable {
        /// The other node, as host and port.
        public let node: String
        /// The link's current state.
        public let state: State
        /// Keys that are connected to the other node now.
        public let clients: Int
        /// How often the link came up.
        let connects: UInt64
        /// How often the link couldn't be made, or broke.
        let failures: UInt64

        init(_ status: MeshLinkStatus) {
            self.node = status.node
            self.state = State(state: status.state)
            self.clients = status.clients
            self.connects = status.connects
            self.failures = status.failures
        }
    }
}

extension RelayStatistics.Mesh.Link {
    /// The state of a link. Later versions may add more states.
    public struct State: Hashable, Sendable, CustomStringConvertible {
        let state: MeshLinkStatus.State

        /// The link is being made, or waits for the next try.
        public static let down = Self(state: .down)
        /// The other node tells who is connected there.
        public static let up = Self(state: .up)
        /// The link leads to this node itself, and is not needed.
        public static let ownNode = Self(state: .ownNode)

        /// The label's value in the metrics, such as `own_node`.
        public var description: String { self.state.label }
    }
}
