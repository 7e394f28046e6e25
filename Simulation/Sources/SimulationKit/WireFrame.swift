/// A frame as it goes over the wire (docs/protocol.md, "Frames"), read and written without the code under test.
struct WireFrame {
    enum Kind: UInt8 {
        case serverKey = 1
        case clientInfo, serverInfo, sendPacket, receivedPacket, keepAlive, notePreferred, peerGone, peerPresent
        case ping = 0x12
        case pong, health, restarting
    }

    let type: UInt8
    let payload: [UInt8]

    var kind: Kind? { Kind(rawValue: self.type) }

    init(type: UInt8, payload: [UInt8]) {
        self.type = type
        self.payload = payload
    }

    init(_ kind: Kind, _ payload: [UInt8]) { self.init(type: kind.rawValue, payload: payload) }

    var encoded: [UInt8] {
        let count = UInt32(self.payload.count)
        return [
            self.type, UInt8(count >> 24), UInt8(count >> 16 & 0xff), UInt8(count >> 8 & 0xff), UInt8(count & 0xff),
        ]
            + self.payload
    }

    /// Takes the first whole frame off `bytes`, from `start` on. `nil`: there is none yet.
    static func take(from bytes: [UInt8], at start: inout Int) -> Self? {
        guard bytes.count - start >= 5 else { return nil }
        let count = bytes[start + 1..<start + 5].reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count - start - 5 >= count else { return nil }
        defer { start += 5 + count }
        return Self(type: bytes[start], payload: Array(bytes[start + 5..<start + 5 + count]))
    }
}
