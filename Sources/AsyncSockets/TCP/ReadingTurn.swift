/// The amount that has been read from one stream in the loop's current tick. Confined to the loop.
struct ReadingTurn {
    /// The maximum to read in a tick, in bytes.
    var budget = Self.standardBudget

    /// The tick that ``left`` is for.
    private var tick: UInt64?
    private var left = 0

    /// Everything that is usually sent before a login fits.
    static let standardBudget = 16 * 1024
    /// The minimum that a read counts, in bytes, because it is a system call.
    private static let smallestRead = 256

    /// Returns how much may still be read, in bytes. 0 means that others have a turn first.
    mutating func room(on stream: TCPStream) -> Int {
        if self.tick != stream.loop.tickNumber {
            self.tick = stream.loop.tickNumber
            self.left = self.budget
        }
        return self.left
    }

    /// Records that `count` bytes were read. A read of no bytes counts nothing.
    mutating func take(_ byteCount: UInt64) {
        guard byteCount > 0 else { return }
        self.left = max(self.left - max(Int(byteCount), Self.smallestRead), 0)
    }

    /// Whether others have a turn before more is read.
    func isOver(on stream: TCPStream) -> Bool {
        self.left == 0 && self.tick == stream.loop.tickNumber
    }
}
