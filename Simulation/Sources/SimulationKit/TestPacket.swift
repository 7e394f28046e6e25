/// A packet that says who sent it, to whom, and as which.
struct TestPacket: Hashable {
    /// Packets that look like path discovery may overtake the others.
    let isDisco: Bool
    let sender: Int
    /// The sender's connection.
    let connection: UInt64
    let receiver: Int
    /// Its place among the sender's packets.
    let number: UInt64

    private static let magic: [UInt8] = [0x54, 0x53, 0xf0, 0x9f, 0x92, 0xac]
    static let headerSize = 6 + 4 * 8 + 4
    private static let smallest = 62

    func encoded(size: Int) -> [UInt8] {
        var bytes: [UInt8] = self.isDisco ? Self.magic : [UInt8](repeating: 4, count: 6)
        for value in [UInt64(self.sender), self.connection, UInt64(self.receiver), self.number] {
            withUnsafeBytes(of: value.bigEndian) { bytes += $0 }
        }
        // At least 62 bytes, as disco packets have.
        let size = max(size, Self.smallest)
        withUnsafeBytes(of: UInt32(size).bigEndian) { bytes += $0 }
        return bytes + (bytes.count..<size).map { Self.filler(at: $0, of: self.number) }
    }

    /// Depends on the place, so that bytes that move show.
    private static func filler(at place: Int, of number: UInt64) -> UInt8 {
        UInt8(truncatingIfNeeded: place &+ place >> 8 &* 31 &+ Int(truncatingIfNeeded: number))
    }

    /// `nil`: these aren't the bytes of a packet that anybody sent.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= Self.smallest else { return nil }
        let start = bytes.startIndex
        let values = (0..<4).map { index in
            bytes[start + 6 + 8 * index..<start + 14 + 8 * index].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        let size = bytes[start + Self.headerSize - 4..<start + Self.headerSize].reduce(0) { $0 << 8 | Int($1) }
        let isWhole = (Self.headerSize..<bytes.count).allSatisfy {
            bytes[start + $0] == Self.filler(at: $0, of: values[3])
        }
        guard size == bytes.count, isWhole, values[0] < 1 << 32, values[2] < 1 << 32 else { return nil }
        self.isDisco = bytes[start..<start + 6].elementsEqual(Self.magic)
        self.sender = Int(values[0])
        self.connection = values[1]
        self.receiver = Int(values[2])
        self.number = values[3]
    }

    init(isDisco: Bool, sender: Int, connection: UInt64, receiver: Int, number: UInt64) {
        self.isDisco = isDisco
        self.sender = sender
        self.connection = connection
        self.receiver = receiver
        self.number = number
    }
}
