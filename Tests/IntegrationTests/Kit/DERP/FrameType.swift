import Testing

/// The first byte of a frame (protocol §1).
struct FrameType: RawRepresentable, Hashable, Sendable, CustomTestStringConvertible {
    let rawValue: UInt8

    static let serverKey = Self(rawValue: 0x01)
    static let clientInfo = Self(rawValue: 0x02)
    static let serverInfo = Self(rawValue: 0x03)
    static let sendPacket = Self(rawValue: 0x04)
    static let receivePacket = Self(rawValue: 0x05)
    static let keepAlive = Self(rawValue: 0x06)
    static let notePreferred = Self(rawValue: 0x07)
    static let peerGone = Self(rawValue: 0x08)
    static let peerPresent = Self(rawValue: 0x09)
    static let forwardPacket = Self(rawValue: 0x0a)
    static let watchConnections = Self(rawValue: 0x10)
    static let closePeer = Self(rawValue: 0x11)
    static let ping = Self(rawValue: 0x12)
    static let pong = Self(rawValue: 0x13)
    static let health = Self(rawValue: 0x14)
    static let restarting = Self(rawValue: 0x15)
    /// No such type has been given out.
    static let unknown = Self(rawValue: 0x7f)

    var testDescription: String { "type 0x" + Hexadecimal.encode([self.rawValue]) }
}
