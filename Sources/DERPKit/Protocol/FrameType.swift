/// The kinds of frames (protocol notes §1).
package struct FrameType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let serverKey = Self(rawValue: 0x01)
    package static let clientInfo = Self(rawValue: 0x02)
    package static let serverInfo = Self(rawValue: 0x03)
    package static let sendPacket = Self(rawValue: 0x04)
    package static let recvPacket = Self(rawValue: 0x05)
    package static let keepAlive = Self(rawValue: 0x06)
    package static let notePreferred = Self(rawValue: 0x07)
    package static let peerGone = Self(rawValue: 0x08)
    package static let peerPresent = Self(rawValue: 0x09)
    package static let forwardPacket = Self(rawValue: 0x0a)
    package static let watchConns = Self(rawValue: 0x10)
    package static let closePeer = Self(rawValue: 0x11)
    package static let ping = Self(rawValue: 0x12)
    package static let pong = Self(rawValue: 0x13)
    package static let health = Self(rawValue: 0x14)
    package static let restarting = Self(rawValue: 0x15)
}
