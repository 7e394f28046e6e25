/// Frames on their way from one loop to the clients of another, in the order in which they were made.
struct PacketBatch {
    /// What a frame is.
    enum Content: UInt8 {
        case disco, other
        /// The key of a peer that left.
        case peerGone
    }

    private var bytes: [UInt8] = []

    var byteCount: Int { self.bytes.count }
    var isEmpty: Bool { self.bytes.isEmpty }

    /// Slot, generation, size, content.
    private static let headerCount = 13

    mutating func append(
        _ packet: UnsafeRawBufferPointer,
        from source: NodePublicKey,
        kind: PacketKind,
        to target: ClientID
    ) {
        let content: Content = kind == .disco ? .disco : .other
        self.append(PacketFrame.overhead + packet.count, content, to: target) {
            PacketFrame.store(packet, from: source, at: $0)
        }
    }

    mutating func append(peerGone key: NodePublicKey, to target: ClientID) {
        self.append(NodePublicKey.byteCount, .peerGone, to: target) { key.store(to: $0) }
    }

    private mutating func append(
        _ size: Int,
        _ content: Content,
        to target: ClientID,
        fill: (UnsafeMutableRawPointer) -> Void
    ) {
        let start = self.bytes.count
        let needed = start + Self.headerCount + size
        if self.bytes.capacity < needed { self.bytes.reserveCapacity(max(needed, 2 * self.bytes.capacity, 16 * 1024)) }
        withUnsafeTemporaryAllocation(byteCount: Self.headerCount, alignment: 4) { header in
            header.storeBytes(of: target.slot, as: UInt32.self)
            header.storeBytes(of: target.generation, toByteOffset: 4, as: UInt32.self)
            header.storeBytes(of: UInt32(size), toByteOffset: 8, as: UInt32.self)
            header.storeBytes(of: content.rawValue, toByteOffset: 12, as: UInt8.self)
            self.bytes.append(contentsOf: UnsafeRawBufferPointer(header))
        }
        self.bytes.append(contentsOf: repeatElement(0, count: size))
        self.bytes.withUnsafeMutableBytes { fill($0.baseAddress! + start + Self.headerCount) }
    }

    /// Calls `body` with each frame, in order.
    func forEach(loop: UInt16, _ body: (ClientID, Content, UnsafeRawBufferPointer) -> Void) {
        self.bytes.withUnsafeBytes { bytes in
            var next = 0
            while next < bytes.count {
                let slot = bytes.loadUnaligned(fromByteOffset: next, as: UInt32.self)
                let generation = bytes.loadUnaligned(fromByteOffset: next + 4, as: UInt32.self)
                let size = Int(bytes.loadUnaligned(fromByteOffset: next + 8, as: UInt32.self))
                let content = Content(rawValue: bytes[next + 12]) ?? .other
                let start = next + Self.headerCount
                body(
                    ClientID(loop: loop, slot: slot, generation: generation),
                    content,
                    UnsafeRawBufferPointer(rebasing: bytes[start..<start + size])
                )
                next = start + size
            }
        }
    }

    mutating func removeAll() {
        self.bytes.removeAll(keepingCapacity: true)
    }
}
