/// A frame in memory that carries a packet: RecvPacket or ForwardPacket.
struct PacketFrame {
    let kind: PacketKind
    /// The size of the packet, in bytes.
    let packetCount: Int

    /// Parses a whole frame. `nil` when it is another kind of frame.
    init?(_ frame: UnsafeRawBufferPointer) {
        guard let start = frame.baseAddress else { return nil }
        let overhead: Int
        switch FrameHeader(start).type {
        case .recvPacket: overhead = Self.overhead
        case .forwardPacket: overhead = Self.forwardOverhead
        default: return nil
        }
        let packet = UnsafeRawBufferPointer(rebasing: frame[overhead...])
        self.kind = DiscoPacket.matches(packet) ? .disco : .other
        self.packetCount = packet.count
    }

    /// The size of a RecvPacket frame without its packet, in bytes.
    static let overhead = FrameHeader.byteCount + NodePublicKey.byteCount
    /// The size of a ForwardPacket frame without its packet, in bytes.
    static let forwardOverhead = FrameHeader.byteCount + 2 * NodePublicKey.byteCount

    /// Writes what comes before a packet of `packetCount` bytes from `source` to a client.
    @inline(__always)
    static func storeHead(_ packetCount: Int, from source: NodePublicKey, at memory: UnsafeMutableRawPointer) {
        FrameHeader(type: .recvPacket, payloadCount: UInt32(NodePublicKey.byteCount + packetCount)).store(to: memory)
        source.store(to: memory + FrameHeader.byteCount)
    }

    /// Writes the frame that carries `packet` from `source` to a client.
    @inline(__always)
    static func store(
        _ packet: UnsafeRawBufferPointer,
        from source: NodePublicKey,
        at memory: UnsafeMutableRawPointer
    ) {
        self.storeHead(packet.count, from: source, at: memory)
        guard let base = packet.baseAddress else { return }
        (memory + Self.overhead).copyMemory(from: base, byteCount: packet.count)
    }

    /// Writes the frame that carries `packet` from `source` to the node that has `destination`.
    static func store(
        _ packet: UnsafeRawBufferPointer,
        from source: NodePublicKey,
        to destination: NodePublicKey,
        at memory: UnsafeMutableRawPointer
    ) {
        let payloadCount = UInt32(2 * NodePublicKey.byteCount + packet.count)
        FrameHeader(type: .forwardPacket, payloadCount: payloadCount).store(to: memory)
        source.store(to: memory + FrameHeader.byteCount)
        destination.store(to: memory + FrameHeader.byteCount + NodePublicKey.byteCount)
        guard let base = packet.baseAddress else { return }
        (memory + Self.forwardOverhead).copyMemory(from: base, byteCount: packet.count)
    }
}
