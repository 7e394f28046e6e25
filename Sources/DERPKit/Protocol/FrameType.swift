/// The kinds of frames (docs/protocol.md, "Frames").
@_spi(Benchmarks) public struct FrameType: RawRepresentable, Hashable, Sendable {
    @_spi(Benchmarks) public let rawValue: UInt8

    @_spi(Benchmarks) public init(rawValue: UInt8) { self.rawValue = rawValue }

    @_spi(Benchmarks) public static let serverKey = Self(rawValue: 0x01)
    @_spi(Benchmarks) public static let clientInfo = Self(rawValue: 0x02)
    @_spi(Benchmarks) public static let serverInfo = Self(rawValue: 0x03)
    @_spi(Benchmarks) public static let sendPacket = Self(rawValue: 0x04)
    @_spi(Benchmarks) public static let recvPacket = Self(rawValue: 0x05)
    @_spi(Benchmarks) public static let keepAlive = Self(rawValue: 0x06)
    @_spi(Benchmarks) public static let notePreferred = Self(rawValue: 0x07)
    @_spi(Benchmarks) public static let peerGone = Self(rawValue: 0x08)
    @_spi(Benchmarks) public static let peerPresent = Self(rawValue: 0x09)
    @_spi(Benchmarks) public static let forwardPacket = Self(rawValue: 0x0a)
    @_spi(Benchmarks) public static let watchConns = Self(rawValue: 0x10)
    @_spi(Benchmarks) public static let closePeer = Self(rawValue: 0x11)
    @_spi(Benchmarks) public static let ping = Self(rawValue: 0x12)
    @_spi(Benchmarks) public static let pong = Self(rawValue: 0x13)
    @_spi(Benchmarks) public static let health = Self(rawValue: 0x14)
    @_spi(Benchmarks) public static let restarting = Self(rawValue: 0x15)
}
