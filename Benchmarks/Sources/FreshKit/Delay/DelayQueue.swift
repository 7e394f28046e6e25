/// Packets on their way, in order. The memory is bounded, and allocated once. Used by one thread at a time.
struct DelayQueue: ~Copyable {
    /// The largest packet, in bytes.
    static let packetSize = 1536

    private struct Entry {
        var due: UInt64
        var count: Int
    }

    private let capacity: Int
    private let packets: UnsafeMutableRawPointer
    private let entries: UnsafeMutablePointer<Entry>
    private var head = 0
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        self.packets = .allocate(byteCount: capacity * Self.packetSize, alignment: 16)
        self.entries = .allocate(capacity: capacity)
        self.entries.initialize(repeating: Entry(due: 0, count: 0), count: capacity)
    }

    deinit {
        self.packets.deallocate()
        self.entries.deallocate()
    }

    /// Room for the next packet, until ``append(count:due:)`` is called; `nil` if the queue is full.
    var room: UnsafeMutableRawBufferPointer? {
        guard self.count < self.capacity else { return nil }
        let slot = (self.head + self.count) % self.capacity
        return UnsafeMutableRawBufferPointer(start: self.packets + slot * Self.packetSize, count: Self.packetSize)
    }

    /// Appends the packet that was written to ``room``.
    mutating func append(count: Int, due: UInt64) {
        self.entries[(self.head + self.count) % self.capacity] = Entry(due: due, count: count)
        self.count += 1
    }

    /// When the first packet leaves; `nil` if there is none.
    var due: UInt64? { self.count > 0 ? self.entries[self.head].due : nil }

    /// The first packet, valid until it is removed. There must be one.
    var first: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: self.packets + self.head * Self.packetSize, count: self.entries[self.head].count)
    }

    mutating func removeFirst() {
        self.head = (self.head + 1) % self.capacity
        self.count -= 1
    }
}
