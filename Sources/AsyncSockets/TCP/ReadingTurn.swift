/// How much of one stream has been read in the loop's present tick. Confined to the loop.
struct ReadingTurn {
    /// What may be read in a tick, in bytes.
    var budget = Self.standardBudget

    /// The tick that ``left`` is for.
    private var tick: UInt64?
    private var left = 0

    /// All that is usually sent before a login fits.
    static let standardBudget = 16 * 1024
    /// What a read counts at least, in bytes: it is a system call.
    private static let smallestRead = 256

    /// How much may still be read, in bytes; 0: others have a turn first.
    mutating func room(on stream: TCPStream) -> Int {
        if self.tick != stream.loop.tickNumber {
            self.tick = stream.loop.tickNumber
            self.left = self.budget
        }
        return self.left
    }

    /// Notes that so many bytes were read; none count nothing.
    mutating func take(_ byteCount: UInt64) {
        guard byteCount > 0 else { return }
        self.left = max(self.left - max(Int(byteCount), Self.smallestRead), 0)
    }

    /// Whether others have a turn before more is read.
    func isOver(on stream: TCPStream) -> Bool {
        self.left == 0 && self.tick == stream.loop.tickNumber
    }
}
