/// What a packet is to the relay's queues and counters.
enum PacketKind: Int, CaseIterable, Sendable {
    /// Path discovery.
    case disco
    /// Everything else: WireGuard's packets.
    case other
}
