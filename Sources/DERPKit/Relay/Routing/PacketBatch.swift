/// Frames on their way from one loop to the clients of another loop, in the order in which they were made.
// @unchecked: it has one owner at a time, and changes hands through a locked mailbox.
final class PacketBatch: @unchecked Sendable {
    /// The content of a frame.
    enum Content: UInt8 {
        case disco, other
        /// The key of a peer that left.
        case peerGone
    }

    @exclusivity(unchecked) private var memory: UnsafeMutableRawPointer
    @exclusivity(unchecked) private var capacity: Int
    @exclusivity(unchecked) private(set) var byteCount = 0

    private static let firstCapacity = 16 * 1024
    /// Slot, generation, size, content.
    private static let headerCount = 13

    init() {
        self.capacity = Self.firstCapacity
        self.memory = .allocate(byteCount: Self.firstCapacity, alignment: 16)
    }

    deinit {
        self.memory.deallocate()
    }

    /// The size of the memory that the batch holds, in bytes.
    var footprint: Int { self.capacity }
    var isEmpty: Bool { self.byteCount == 0 }

    func append(_ packet: UnsafeRawBufferPointer, from source: NodePublicKey, kind: PacketKind, to target: ClientID) {
        let content: Content = kind == .disco ? .disco : .other
        let frame = self.reserve(PacketFrame.overhead + packet.count, content, to: target)
        PacketFrame.store(packet, from: source, at: frame)
    }

    /// Appends a packet for a client of another node, to which the link `target` leads.
    func append(
        _ packet: UnsafeRawBufferPointer,
        from source: NodePublicKey,
        to destination: NodePublicKey,
        kind: PacketKind,
        over target: ClientID
    ) {
        let content: Content = kind == .disco ? .disco : .other
        let frame = self.reserve(PacketFrame.forwardOverhead + packet.count, content, to: target)
        PacketFrame.store(packet, from: source, to: destination, at: frame)
    }

    func append(peerGone key: NodePublicKey, to target: ClientID) {
        key.store(to: self.reserve(NodePublicKey.byteCount, .peerGone, to: target))
    }

    /// Writes a frame's header. Returns the place for its `size` bytes.
    private func reserve(_ size: Int, _ content: Content, to target: ClientID) -> UnsafeMutableRawPointer {
        let end = self.byteCount + Self.headerCount + size
        if end > self.capacity { self.grow(to: end) }
        let header = self.memory + self.byteCount
        header.storeBytes(of: target.slot, as: UInt32.self)
        header.storeBytes(of: target.generation, toByteOffset: 4, as: UInt32.self)
        header.storeBytes(of: UInt32(size), toByteOffset: 8, as: UInt32.self)
        header.storeBytes(of: content.rawValue, toByteOffset: 12, as: UInt8.self)
        self.byteCount = end
        return header + Self.headerCount
    }

    private func grow(to needed: Int) {
        let capacity = max(needed, 2 * self.capacity)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        memory.copyMemory(from: self.memory, byteCount: self.byteCount)
        self.memory.deallocate()
        self.memory = memory
        self.capacity = capacity
    }

    /// Calls `body` with each frame, in order.
    func forEach(loop: UInt16, _ body: (ClientID, Content, UnsafeRawBufferPointer) -> Void) {
        var next = UnsafeRawPointer(self.memory)
        let end = next + self.byteCount
        while next < end {
            let target = ClientID(
                loop: loop,
                slot: next.loadUnaligned(as: UInt32.self),
                generation: next.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
            )
            let size = Int(next.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
            let content = Content(rawValue: next.load(fromByteOffset: 12, as: UInt8.self)) ?? .other
            next += Self.headerCount
            body(target, content, UnsafeRawBufferPointer(start: next, count: size))
            next += size
        }
    }

    func removeAll() {
        self.byteCount = 0
    }
}
