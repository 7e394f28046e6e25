/// The kind of a packet, for the relay's queues and counters.
enum PacketKind: Int, CaseIterable, Sendable {
    /// Path discovery.
    case disco
    /// Everything else: WireGuard's packets.
    case other
}
