/// Sizes that the protocol sets, in bytes.
package enum PacketLimits {
    /// The largest packet that is relayed.
    package static let packet = 64 * 1024
    /// The largest ClientInfo payload.
    package static let clientInfo = 256 * 1024
    /// The largest Ping payload, of which only the first 8 bytes count.
    package static let ping = 1000
    package static let pingData = 8

    /// The largest payload that is skipped in a frame that only a server sends, if a client sends it.
    static func misdirected(_ type: FrameType) -> Int? {
        switch type {
        case .serverKey, .clientInfo, .serverInfo, .health: self.clientInfo
        case .recvPacket: NodePublicKey.byteCount + self.packet
        case .keepAlive, .peerGone, .peerPresent, .pong, .restarting: self.ping
        default: nil
        }
    }
}
