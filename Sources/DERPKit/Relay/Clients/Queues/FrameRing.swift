/// A queue of whole frames in a block of memory, which it borrows only while it holds frames.
///
/// Each frame is in one piece; a frame that doesn't fit at the block's end is put at its start. So the queue is at most
/// two pieces of memory, ready to be sent. Confined to the loop.
struct FrameRing {
    let pool: BufferPool
    private var block: UnsafeMutableRawPointer?
    private var head = 0
    private var tail = 0
    /// Where the first piece ends, when there are two.
    private var wrap: Int?
    /// The number of queued frames.
    private(set) var count = 0

    init(pool: BufferPool) {
        self.pool = pool
    }

    var isEmpty: Bool { self.count == 0 }

    /// The number of queued bytes.
    var byteCount: Int { self.wrap.map { $0 - self.head + self.tail } ?? self.tail - self.head }

    /// Reserves room for a frame of `size` bytes at the end, which the caller fills at once. Returns `nil` when there
    /// is no room now.
    @inline(__always)
    mutating func reserve(_ size: Int) -> UnsafeMutableRawPointer? {
        if let block = self.block, self.wrap == nil, self.pool.blockSize - self.tail >= size {
            defer { self.tail += size }
            self.count += 1
            return block + self.tail
        }
        return self.reserveElsewhere(size)
    }

    private mutating func reserveElsewhere(_ size: Int) -> UnsafeMutableRawPointer? {
        guard let block = self.block else {
            guard size <= self.pool.blockSize, let block = self.pool.take() else { return nil }
            self.block = block
            self.tail = size
            self.count = 1
            return block
        }
        if self.wrap == nil {
            guard size < self.head else { return nil }
            self.wrap = self.tail
            self.tail = 0
        }
        guard self.head - self.tail > size else { return nil }
        defer { self.tail += size }
        self.count += 1
        return block + self.tail
    }

    /// The queued bytes in order. Most of the time, the second piece is empty.
    var pieces: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) {
        guard let block = self.block else { return (Self.nothing, Self.nothing) }
        let first = UnsafeRawBufferPointer(start: block + self.head, count: (self.wrap ?? self.tail) - self.head)
        guard self.wrap != nil else { return (first, Self.nothing) }
        return (first, UnsafeRawBufferPointer(start: block, count: self.tail))
    }

    private static var nothing: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

    /// The oldest frame with its header, valid until the ring changes. `nil` when there is none.
    var first: UnsafeRawBufferPointer? {
        guard self.count > 0, let block = self.block else { return nil }
        let frame = block + self.head
        return UnsafeRawBufferPointer(
            start: frame,
            count: FrameHeader.byteCount + Int(FrameHeader(frame).payloadCount)
        )
    }

    /// Removes the oldest frame.
    mutating func removeFirst() {
        guard let first = self.first else { return }
        self.head += first.count
        self.count -= 1
        if self.count == 0 {
            self.removeAll()
        } else if self.head == self.wrap {
            self.head = 0
            self.wrap = nil
        }
    }

    /// Removes all frames and gives the memory back.
    mutating func removeAll() {
        if let block = self.block { self.pool.giveBack(block) }
        self.block = nil
        self.head = 0
        self.tail = 0
        self.wrap = nil
        self.count = 0
    }
}
