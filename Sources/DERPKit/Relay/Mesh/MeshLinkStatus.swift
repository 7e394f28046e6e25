/// The state of a link to another node of the mesh.
struct MeshLinkStatus: Sendable {
    enum State: Int, CaseIterable, Sendable {
        /// The link is being made, or waits for the next try.
        case down
        /// The other node tells who is connected there.
        case up
        /// The link leads to this node itself, and is not needed.
        case ownNode

        /// The value of the label in the metrics.
        var label: String {
            switch self {
            case .down: "down"
            case .up: "up"
            case .ownNode: "own_node"
            }
        }
    }

    /// Host and port of the other node.
    let node: String
    var state: State = .down
    /// How often the link came up.
    var connects: UInt64 = 0
    /// How often the link couldn't be made, or broke.
    var failures: UInt64 = 0
    /// The number of keys that are connected to the other node, by what it has told.
    var clients = 0
}
