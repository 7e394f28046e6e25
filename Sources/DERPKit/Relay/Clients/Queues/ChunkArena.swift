/// A block of a loop's pool, cut into chunks of which lists of bytes are made. It borrows the block only while a list
/// holds something. Confined to the loop.
struct ChunkArena {
    /// The size of a chunk, in bytes.
    static let chunkSize = 2048

    /// Bytes that are appended at one end and taken from the other.
    struct List {
        fileprivate var first = ChunkArena.none
        fileprivate var last = ChunkArena.none
        /// Where the bytes begin in the first chunk, and where they end in the last.
        fileprivate var start = 0
        fileprivate var end = ChunkArena.chunkSize
        /// The number of bytes.
        fileprivate(set) var byteCount = 0
    }

    let pool: BufferPool
    private var block: UnsafeMutableRawPointer?
    /// For each chunk, the next one of its list.
    private var next: [UInt8] = []
    private var free = ChunkArena.none
    private var freeCount = 0

    private static let none = UInt8.max

    init(pool: BufferPool) {
        self.pool = pool
    }

    /// Whether a block is borrowed.
    var hasBlock: Bool { self.block != nil }

    /// Borrows a block. Returns `false` when there is none.
    mutating func borrow() -> Bool {
        guard self.block == nil else { return true }
        let count = min(self.pool.blockSize / Self.chunkSize, Int(Self.none))
        guard count > 0, let block = self.pool.take() else { return false }
        self.block = block
        self.next = (0..<count).map { $0 + 1 < count ? UInt8($0 + 1) : Self.none }
        self.free = 0
        self.freeCount = count
        return true
    }

    /// Gives the block back. All lists must be empty.
    mutating func giveBack() {
        guard let block = self.block else { return }
        self.pool.giveBack(block)
        self.block = nil
        self.next = []
        self.free = Self.none
        self.freeCount = 0
    }

    /// Whether `count` bytes fit into the block at all.
    func canHold(_ count: Int) -> Bool { count <= self.pool.blockSize / Self.chunkSize * Self.chunkSize }

    /// Whether there is room for `count` more bytes in `list`.
    func hasRoom(for count: Int, in list: List) -> Bool {
        count <= self.freeCount * Self.chunkSize + Self.chunkSize - list.end
    }

    /// Appends `count` bytes, for which there must be room: `bytes`, and whatever is in the memory there.
    mutating func append(_ bytes: UnsafeRawBufferPointer, count: Int, to list: inout List) {
        guard let block = self.block else { return }
        var done = 0
        list.byteCount += count
        while done < count {
            if list.end == Self.chunkSize { self.extend(&list) }
            let part = min(count - done, Self.chunkSize - list.end)
            let copied = min(part, max(bytes.count - done, 0))
            if copied > 0 {
                let target = block + Int(list.last) * Self.chunkSize + list.end
                target.copyMemory(from: bytes.baseAddress! + done, byteCount: copied)
            }
            list.end += part
            done += part
        }
    }

    private mutating func extend(_ list: inout List) {
        let chunk = self.free
        precondition(chunk != Self.none, "no room was checked for")
        self.free = self.next[Int(chunk)]
        self.freeCount -= 1
        self.next[Int(chunk)] = Self.none
        if list.last == Self.none {
            list.first = chunk
            list.start = 0
        } else {
            self.next[Int(list.last)] = chunk
        }
        list.last = chunk
        list.end = 0
    }

    /// Loads a value from the first bytes, which must be in one chunk.
    func load<Value: BitwiseCopyable>(_ type: Value.Type, from list: List) -> Value? {
        guard let block = self.block, list.byteCount >= MemoryLayout<Value>.size else { return nil }
        return (block + Int(list.first) * Self.chunkSize + list.start).loadUnaligned(as: type)
    }

    /// Takes the first `count` bytes, and copies them to `memory`. `nil`: drops them.
    mutating func take(_ count: Int, from list: inout List, to memory: UnsafeMutableRawPointer?) {
        guard let block = self.block else { return }
        var target = memory
        var left = min(count, list.byteCount)
        while left > 0 {
            let part = min(left, Self.chunkSize - list.start)
            target?.copyMemory(from: block + Int(list.first) * Self.chunkSize + list.start, byteCount: part)
            target = target.map { $0 + part }
            list.start += part
            list.byteCount -= part
            left -= part
            if list.start == Self.chunkSize || list.byteCount == 0 { self.dropFirst(of: &list) }
        }
    }

    private mutating func dropFirst(of list: inout List) {
        let chunk = list.first
        let following = self.next[Int(chunk)]
        self.next[Int(chunk)] = self.free
        self.free = chunk
        self.freeCount += 1
        guard list.byteCount > 0 else {
            list = List()
            return
        }
        list.first = following
        list.start = 0
    }
}
