/// A frame (protocol §1): type, length, payload.
struct Frame: Equatable, Sendable, CustomStringConvertible {
    static let headerSize = 5

    var type: FrameType
    var payload: [UInt8]

    init(_ type: FrameType, _ payload: [UInt8] = []) {
        self.type = type
        self.payload = payload
    }

    var encoded: [UInt8] { Self.header(self.type, length: UInt32(self.payload.count)) + self.payload }

    /// A header alone, whose length need not be true.
    static func header(_ type: FrameType, length: UInt32) -> [UInt8] {
        [type.rawValue] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }
    }

    static func send(_ packet: [UInt8], to key: TestKey) -> Frame { Frame(.sendPacket, key.publicBytes + packet) }
    static func received(_ packet: [UInt8], from key: TestKey) -> Frame {
        Frame(.receivePacket, key.publicBytes + packet)
    }
    static func peerGone(_ key: TestKey, reason: UInt8) -> Frame { Frame(.peerGone, key.publicBytes + [reason]) }

    var description: String {
        let start = Hexadecimal.encode(self.payload.prefix(48))
        return "\(self.type.testDescription), \(self.payload.count) bytes: \(start)"
    }
}
