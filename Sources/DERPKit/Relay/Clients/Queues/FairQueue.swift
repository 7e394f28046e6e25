/// What waits for a client on a slow line: a queue for each sender, and turns (the idea of FQ-CoDel, RFC 8290).
///
/// A sender of whom nothing waits comes before those of whom something does, so who sends little isn't held up by who
/// sends much. Disco packets have queues of their own, and go before all others. The order of a sender's packets stays.
/// What has waited too long is dropped when its turn comes. Memory is borrowed only while something waits. Confined to
/// the loop.
struct FairQueue {
    var arena: ChunkArena
    /// Data flows first, then disco flows. The last of each is for all senders who find no other one.
    var flows: [Flow] = []
    /// The senders of the flows: some bits of their keys.
    private var senders: [UInt64] = []

    /// The flows that have something, in the order of their turns: those with disco packets, those of whom nothing waited
    /// before, and the others.
    var disco: [Int] = []
    var newcomers: [Int] = []
    var others: [Int] = []

    /// PeerGone frames that lost their places, because all packets before them were dropped. Whoever calls sends them.
    var displaced: [UInt8] = []

    /// The large frame that is being sent. `nil`: there is none.
    var occupation: Occupation?
    /// How long large frames were being sent in all, in nanoseconds.
    var occupiedTime: UInt64 = 0
    /// The longest time that doesn't count for a packet, in nanoseconds.
    var longestExcuse: UInt64 = 0

    /// The number of packets that wait, and of PeerGone frames.
    private(set) var packetCount = 0
    private(set) var noticeCount = 0
    /// The size of all frames that wait, in bytes.
    private(set) var byteCount = 0

    /// One sender's frames.
    struct Flow {
        var list = ChunkArena.List()
        /// Whether it is in one of the lists.
        var isListed = false
        /// How many bytes it may still send in this turn.
        var credit = 0
        var control = DelayControl()
        /// For how long large frames of its own were being sent, in nanoseconds.
        var ownTime: UInt64 = 0
    }

    /// What is kept before each frame.
    struct Entry {
        /// When the frame came, by the loop's clock.
        let arrival: UInt64
        /// What the flow's ``FairQueue/excuse(of:at:)`` was then, in microseconds. It wraps.
        let excuse: UInt32
        /// The size of the frame, in bytes, and the content in the lowest 8 bits.
        private let sizeAndContent: UInt32

        init(arrival: UInt64, excuse: UInt64, frameCount: Int, content: PacketBatch.Content) {
            self.arrival = arrival
            self.excuse = UInt32(truncatingIfNeeded: excuse / 1000)
            self.sizeAndContent = UInt32(truncatingIfNeeded: frameCount << 8) | UInt32(content.rawValue)
        }

        /// The size of the frame, in bytes.
        var frameCount: Int { Int(self.sizeAndContent >> 8) }
        var kind: PacketBatch.Content {
            PacketBatch.Content(rawValue: UInt8(truncatingIfNeeded: self.sizeAndContent)) ?? .other
        }
        /// The size of the packet in the frame, in bytes.
        var packetCount: Int { self.frameCount - PacketFrame.overhead }

        /// Its size, in bytes. An entry and its frame take a multiple of that, so an entry is never cut by the end of a
        /// chunk.
        static let byteCount = 16

        static func stride(_ frameCount: Int) -> Int { (byteCount + frameCount + byteCount - 1) & ~(byteCount - 1) }
    }

    private static let dataFlows = 0..<56
    private static let discoFlows = 56..<64

    init(pool: BufferPool) {
        self.arena = ChunkArena(pool: pool)
    }

    var isEmpty: Bool { self.packetCount + self.noticeCount == 0 }

    /// Gives back the memory for senders, of whom nothing waits, or does nothing. No large frame may be on its way.
    mutating func rest() {
        guard self.isEmpty, !self.flows.isEmpty else { return }
        self.forget()
        self.flows = []
        self.senders = []
        self.occupation = nil
    }
}

// MARK: Appending

extension FairQueue {
    /// Queues a frame, which consists of `head` and `tail`.
    ///
    /// - Parameter counters: Gets what was dropped to make room.
    /// - Returns: Whether it was queued. If not, there is no memory.
    mutating func append(
        _ head: UnsafeRawBufferPointer,
        _ tail: UnsafeRawBufferPointer,
        from source: NodePublicKey,
        _ content: PacketBatch.Content,
        at now: UInt64,
        counters: inout RelayCounters
    ) -> Bool {
        let frameCount = head.count + tail.count
        let stride = Entry.stride(frameCount)
        guard self.arena.canHold(stride), self.borrow() else { return false }
        let isFirst = content == .disco && frameCount <= Outbox.largestDisco
        let index = self.flow(of: source, isFirst ? Self.discoFlows : Self.dataFlows)
        while !self.arena.hasRoom(for: stride, in: self.flows[index].list) { self.dropFromLongest(&counters) }
        if frameCount > Self.ordinaryFrame { self.attributeOccupation(to: index, at: now) }
        let excuse = self.excuse(of: index, at: now)
        let entry = Entry(arrival: now, excuse: excuse, frameCount: frameCount, content: content)
        withUnsafeBytes(of: entry) {
            self.arena.append($0, count: Entry.byteCount, to: &self.flows[index].list)
        }
        self.arena.append(head, count: head.count, to: &self.flows[index].list)
        self.arena.append(tail, count: stride - Entry.byteCount - head.count, to: &self.flows[index].list)
        self.note(content, frameCount, 1)
        self.list(index)
        return true
    }

    private mutating func borrow() -> Bool {
        guard !self.arena.hasBlock else { return true }
        guard self.arena.borrow() else { return false }
        let count = Self.discoFlows.upperBound
        if self.flows.isEmpty {
            self.flows = Array(repeating: Flow(), count: count)
            self.senders = Array(repeating: 0, count: count)
        }
        return true
    }

    /// Returns the flow of a sender: the one that it has or had, a free one, or the last of `range`. The flow whose large
    /// frame is being sent isn't free.
    ///
    /// While somebody's packets wait in the last one, nobody gets a new flow: they could overtake their own packets.
    private mutating func flow(of source: NodePublicKey, _ range: Range<Int>) -> Int {
        let key = source.someBits
        let shared = range.upperBound - 1
        var free: Int?
        for index in range.lowerBound..<shared {
            if self.senders[index] == key { return index }
            if free == nil, !self.flows[index].isListed, index != self.occupation?.flow { free = index }
        }
        guard let free, !self.flows[shared].isListed else { return shared }
        self.senders[free] = key
        self.flows[free].control = DelayControl()
        return free
    }

    private mutating func list(_ index: Int) {
        guard !self.flows[index].isListed else { return }
        self.flows[index].isListed = true
        self.flows[index].credit = Self.quantum
        if Self.discoFlows.contains(index) { self.disco.append(index) } else { self.newcomers.append(index) }
    }

    /// How many bytes a sender may send in a turn (RFC 8290 §4.2).
    static let quantum = 1514

    private mutating func note(_ content: PacketBatch.Content, _ frameCount: Int, _ change: Int) {
        self.byteCount += change * frameCount
        if content == .peerGone { self.noticeCount += change } else { self.packetCount += change }
    }
}

// MARK: Removing

extension FairQueue {
    /// The oldest entry of a flow. `nil`: it is empty.
    func head(of index: Int) -> Entry? { self.arena.load(Entry.self, from: self.flows[index].list) }

    /// Whether no other frame of the flow waits behind `entry`.
    func isLast(_ entry: Entry, of index: Int) -> Bool {
        self.flows[index].list.byteCount <= Entry.stride(entry.frameCount)
    }

    /// Removes the oldest frame of a flow, which is `entry`. Copies it to `memory`, which must have room for it.
    mutating func remove(_ entry: Entry, of index: Int, to memory: UnsafeMutableRawPointer?) {
        let frameCount = entry.frameCount
        self.arena.take(Entry.byteCount, from: &self.flows[index].list, to: nil)
        self.arena.take(frameCount, from: &self.flows[index].list, to: memory)
        let padding = Entry.stride(frameCount) - Entry.byteCount - frameCount
        self.arena.take(padding, from: &self.flows[index].list, to: nil)
        self.note(entry.kind, frameCount, -1)
    }

    /// Drops the oldest packet of a flow, which is `entry`.
    mutating func drop(
        _ entry: Entry,
        of index: Int,
        as reason: DropReason = .queueHead,
        _ counters: inout RelayCounters
    ) {
        self.remove(entry, of: index, to: nil)
        counters.drop(reason, entry.kind == .disco ? .disco : .other, byteCount: entry.packetCount)
    }

    /// Drops the oldest packet of the sender of whom most waits.
    private mutating func dropFromLongest(_ counters: inout RelayCounters) {
        let longest = self.flows.indices.max { self.flows[$0].list.byteCount < self.flows[$1].list.byteCount }
        guard let longest, let entry = self.head(of: longest) else { return }
        if entry.kind == .peerGone {
            self.dislodge(entry, of: longest, &counters)
        } else {
            self.drop(entry, of: longest, &counters)
        }
    }

    /// Takes a PeerGone from the head of its flow: all packets before it are gone, so it may overtake the rest. The disco
    /// packets of the peer that left would come after it, and are dropped.
    private mutating func dislodge(_ entry: Entry, of index: Int, _ counters: inout RelayCounters) {
        let notice = [UInt8](unsafeUninitializedCapacity: entry.frameCount) { memory, count in
            self.remove(entry, of: index, to: memory.baseAddress)
            count = entry.frameCount
        }
        self.displaced.append(contentsOf: notice)
        let key = notice.withUnsafeBytes { NodePublicKey(unchecked: $0.baseAddress! + FrameHeader.byteCount) }
        let disco = self.senders[Self.discoFlows].firstIndex(of: key.someBits) ?? Self.discoFlows.upperBound - 1
        while let entry = self.head(of: disco) { self.drop(entry, of: disco, &counters) }
    }

    /// Drops all packets, and gives the memory back.
    mutating func removeAll(as reason: DropReason, _ counters: inout RelayCounters) {
        for index in self.flows.indices.reversed() {
            while let entry = self.head(of: index) {
                if entry.kind == .peerGone {
                    self.dislodge(entry, of: index, &counters)
                } else {
                    self.drop(entry, of: index, as: reason, &counters)
                }
            }
        }
        self.forget()
    }

    /// Gives the memory back when nothing waits.
    mutating func forget() {
        guard self.isEmpty else { return }
        self.arena.giveBack()
        for index in self.disco + self.newcomers + self.others { self.flows[index].isListed = false }
        self.disco = []
        self.newcomers = []
        self.others = []
    }
}
