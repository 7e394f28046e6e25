/// The kinds of packets that a relay may queue separately. Packets of one kind keep their order, but may overtake those
/// of the other.
package enum PacketKind: Hashable, Sendable {
    case data
    /// Looks like a message of Tailscale's path discovery.
    case disco
}

/// A test packet: the head of its kind, then a stamp with its pattern.
package enum TestPacket {
    /// The size of a disco packet's head, before the stamp, in bytes: that of a real one, rounded up to whole words.
    private static let discoHeadCount = 64
    /// The smallest disco packet, in bytes.
    static let minimumDiscoSize = discoHeadCount + PacketStamp.minimumSize

    /// Returns one word of a disco packet's head: the magic bytes first, then words in place of a key and a nonce.
    @inline(__always)
    private static func discoHead(_ word: Int) -> UInt64 {
        word == 0 ? 0x0000_ac92_9ff0_5354 : UInt64(word) &* 0x9e37_79b9_7f4a_7c15
    }

    /// Writes the packet, `size` bytes, to `pointer`.
    @inline(__always)
    package static func write(
        _ kind: PacketKind,
        flow: Int,
        size: Int,
        sequence: UInt64,
        time: UInt64,
        to pointer: UnsafeMutableRawPointer
    ) {
        var headCount = 0
        if kind == .disco {
            headCount = Self.discoHeadCount
            for word in 0..<headCount / 8 {
                pointer.storeBytes(of: Self.discoHead(word).littleEndian, toByteOffset: word * 8, as: UInt64.self)
            }
        }
        PacketStamp(flow: UInt32(flow), size: UInt32(size - headCount), sequence: sequence, time: time)
            .write(to: pointer + headCount)
    }

    /// Reads a packet; `nil` if its size or any byte differs from what was written.
    @inline(__always)
    package static func read(_ packet: UnsafeRawBufferPointer) -> (PacketKind, PacketStamp)? {
        guard packet.count >= Self.minimumDiscoSize, Self.hasDiscoHead(packet) else {
            return PacketStamp(verifying: packet).map { (.data, $0) }
        }
        return PacketStamp(verifying: UnsafeRawBufferPointer(rebasing: packet[Self.discoHeadCount...]))
            .map { (.disco, $0) }
    }

    /// Returns whether the packet begins with the magic bytes. No stamp does, because its first word is a size.
    @inline(__always)
    private static func hasDiscoHead(_ packet: UnsafeRawBufferPointer) -> Bool {
        for word in 0..<Self.discoHeadCount / 8 {
            let found = UInt64(littleEndian: packet.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self))
            guard found == Self.discoHead(word) else { return false }
        }
        return true
    }
}
