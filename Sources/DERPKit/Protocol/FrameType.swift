/// The kinds of frames (docs/protocol.md, "Frames").
public struct FrameType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let serverKey = Self(rawValue: 0x01)
    public static let clientInfo = Self(rawValue: 0x02)
    public static let serverInfo = Self(rawValue: 0x03)
    public static let sendPacket = Self(rawValue: 0x04)
    public static let recvPacket = Self(rawValue: 0x05)
    public static let keepAlive = Self(rawValue: 0x06)
    public static let notePreferred = Self(rawValue: 0x07)
    public static let peerGone = Self(rawValue: 0x08)
    public static let peerPresent = Self(rawValue: 0x09)
    public static let forwardPacket = Self(rawValue: 0x0a)
    public static let watchConns = Self(rawValue: 0x10)
    public static let closePeer = Self(rawValue: 0x11)
    public static let ping = Self(rawValue: 0x12)
    public static let pong = Self(rawValue: 0x13)
    public static let health = Self(rawValue: 0x14)
    public static let restarting = Self(rawValue: 0x15)
}
