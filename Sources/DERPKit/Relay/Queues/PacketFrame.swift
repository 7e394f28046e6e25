/// A RecvPacket frame in memory.
struct PacketFrame {
    /// What the packet in it is.
    let kind: PacketKind

    /// Looks at a whole frame; `nil` when it is another kind of frame.
    init?(_ frame: UnsafeRawBufferPointer) {
        guard let start = frame.baseAddress, FrameHeader(start).type == .recvPacket else { return nil }
        let packet = UnsafeRawBufferPointer(rebasing: frame[Self.overhead...])
        self.kind = DiscoPacket.matches(packet) ? .disco : .other
    }

    /// What a frame is longer than its packet, in bytes.
    static let overhead = FrameHeader.byteCount + NodePublicKey.byteCount

    /// Writes the frame that brings `packet` from `source`.
    @inline(__always)
    static func store(
        _ packet: UnsafeRawBufferPointer,
        from source: NodePublicKey,
        at memory: UnsafeMutableRawPointer
    ) {
        FrameHeader(type: .recvPacket, payloadCount: UInt32(NodePublicKey.byteCount + packet.count)).store(to: memory)
        source.store(to: memory + FrameHeader.byteCount)
        guard let base = packet.baseAddress else { return }
        (memory + Self.overhead).copyMemory(from: base, byteCount: packet.count)
    }
}
