/// What a relay may queue apart: packets of one kind keep their order, those of two may overtake each other.
enum PacketKind: Hashable, Sendable {
    case data
    /// Looks like a message of Tailscale's path discovery.
    case disco
}

/// A test packet: a stamp with its pattern, behind the head of its kind.
enum TestPacket {
    /// What stands before the stamp of a disco packet, in bytes: as much as the head of a real one, to whole words.
    private static let discoHeadCount = 64
    /// The smallest disco packet, in bytes.
    static let minimumDiscoSize = discoHeadCount + PacketStamp.minimumSize

    /// One word of a disco packet's head: the magic bytes first, and then what serves for a key and a nonce.
    @inline(__always)
    private static func discoHead(_ word: Int) -> UInt64 {
        word == 0 ? 0x0000_ac92_9ff0_5354 : UInt64(word) &* 0x9e37_79b9_7f4a_7c15
    }

    /// Writes the packet, `size` bytes, at `pointer`.
    @inline(__always)
    static func write(
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

    /// Reads a packet; `nil` when a single byte of it is not as it was written, or some are missing or too many.
    @inline(__always)
    static func read(_ packet: UnsafeRawBufferPointer) -> (PacketKind, PacketStamp)? {
        guard packet.count >= Self.minimumDiscoSize, Self.hasDiscoHead(packet) else {
            return PacketStamp(verifying: packet).map { (.data, $0) }
        }
        return PacketStamp(verifying: UnsafeRawBufferPointer(rebasing: packet[Self.discoHeadCount...]))
            .map { (.disco, $0) }
    }

    /// No stamp begins like that: its first word holds a size.
    @inline(__always)
    private static func hasDiscoHead(_ packet: UnsafeRawBufferPointer) -> Bool {
        for word in 0..<Self.discoHeadCount / 8 {
            let found = UInt64(littleEndian: packet.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self))
            guard found == Self.discoHead(word) else { return false }
        }
        return true
    }
}
