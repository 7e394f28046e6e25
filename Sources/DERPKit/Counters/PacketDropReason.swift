/// Why a packet was not delivered. More reasons may be added in later versions.
public struct PacketDropReason: Hashable, Sendable {
    private let reason: DropReason

    init(_ reason: DropReason) { self.reason = reason }

    /// No client has the destination key.
    public static let unknownDestination = Self(.unknownDestination)
    /// The same, for a packet that another node forwarded.
    public static let unknownDestinationOnForward = Self(.unknownDestinationOnForward)
    /// The destination left while the packet was queued for it, or on its way.
    public static let goneDisconnected = Self(.goneDisconnected)
    /// It was the oldest of a full queue, or had waited too long
    /// (``RelayServer/Configuration/queueDelayLimit``).
    public static let queueHead = Self(.queueHead)
    /// It found a full queue, of which nothing could be dropped.
    public static let queueTail = Self(.queueTail)
    /// The destination's connection broke, or took nothing for too long.
    public static let writeError = Self(.writeError)
    /// Never: of several connections with one key, the last to speak gets the packets.
    public static let duplicateClient = Self(.duplicateClient)
}

extension PacketDropReason: CustomStringConvertible {
    /// The label's value in the metrics, such as `queue_head`.
    public var description: String { self.reason.label }
}
