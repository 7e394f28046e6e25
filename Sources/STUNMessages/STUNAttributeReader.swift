/// Walks the attributes of a message, each padded to a multiple of four bytes.
struct STUNAttributeReader {
    private let message: UnsafeRawBufferPointer
    private var offset: Int

    /// Starts after the header. `message` must be at least that long.
    init(_ message: UnsafeRawBufferPointer) {
        self.message = message
        self.offset = STUNHeader.size
    }

    /// Whether every byte of the message has been read. If this is false after `next()` returned `nil`, an attribute
    /// overruns the end.
    var isAtEnd: Bool { self.offset == self.message.count }

    /// Returns the next attribute, or `nil` at the end and if the rest is no attribute.
    mutating func next() -> STUNAttribute? {
        let start = self.offset + STUNAttribute.headerSize
        guard start <= self.message.count else { return nil }
        let length = Int(self.message.loadBigEndian(at: self.offset + 2, as: UInt16.self))
        let end = start + (length + 3) & ~3
        guard end <= self.message.count else { return nil }
        defer { self.offset = end }
        return STUNAttribute(
            kind: .init(rawValue: self.message.loadBigEndian(at: self.offset, as: UInt16.self)),
            value: UnsafeRawBufferPointer(rebasing: self.message[start..<start + length]),
            offset: self.offset
        )
    }
}
