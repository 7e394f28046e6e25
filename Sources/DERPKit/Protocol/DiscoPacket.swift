/// Tailscale's path discovery messages, which are relayed like any other packet but queued separately.
enum DiscoPacket {
    /// Magic, sender's disco key, nonce.
    private static let headerCount = 6 + 32 + 24

    /// Returns whether `packet` looks like one: `TS` and U+1F4AC in UTF-8, and long enough.
    @inline(__always)
    static func matches(_ packet: UnsafeRawBufferPointer) -> Bool {
        guard packet.count >= Self.headerCount, let start = packet.baseAddress else { return false }
        return UInt32(bigEndian: start.loadUnaligned(as: UInt32.self)) == 0x5453_f09f
            && UInt16(bigEndian: start.loadUnaligned(fromByteOffset: 4, as: UInt16.self)) == 0x92ac
    }
}
