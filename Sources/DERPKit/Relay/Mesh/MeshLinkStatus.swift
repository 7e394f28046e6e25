/// How a link to another node of the mesh is.
struct MeshLinkStatus: Sendable {
    enum State: Int, CaseIterable, Sendable {
        /// It is being made, or waits until it is.
        case down
        /// The other node tells who is connected there.
        case up
        /// It leads to this node itself, and is not needed.
        case ownNode

        /// The label's value in the metrics.
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
    /// How often it came up.
    var connects: UInt64 = 0
    /// How often it couldn't be made, or broke.
    var failures: UInt64 = 0
    /// How many keys the other node has told of, and not taken back.
    var clients = 0
}
