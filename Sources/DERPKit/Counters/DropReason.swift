/// Why a packet was not delivered (docs/metrics.md).
enum DropReason: Int, CaseIterable, Sendable {
    /// No client has the destination key.
    case unknownDestination
    /// The same as `unknownDestination`, for a packet that another node forwarded.
    case unknownDestinationOnForward
    /// The destination left while the packet was queued for it, or on its way.
    case goneDisconnected
    /// The packet was the oldest in a full queue, or had waited too long.
    case queueHead
    /// The queue was full, and nothing in it could be dropped.
    case queueTail
    /// The destination's connection broke, or took nothing for too long.
    case writeError
    /// The destination key's connections were fighting. Never counted here: the last connection to speak gets the
    /// packets.
    case duplicateClient

    /// The label's value in the metrics, as derper has it.
    var label: String {
        switch self {
        case .unknownDestination: "unknown_dest"
        case .unknownDestinationOnForward: "unknown_dest_on_fwd"
        case .goneDisconnected: "gone_disconnected"
        case .queueHead: "queue_head"
        case .queueTail: "queue_tail"
        case .writeError: "write_error"
        case .duplicateClient: "dup_client"
        }
    }
}
