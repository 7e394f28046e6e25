/// A frame from a server, in place. Its buffers are valid only until the function that gets it returns.
package enum ServerFrame {
    /// A packet from another client, 0…65536 bytes.
    case packet(from: NodePublicKey, UnsafeRawBufferPointer)
    /// A client can't be reached, or not any longer.
    case peerGone(NodePublicKey, PeerGoneReason)
    /// A client is connected. Only clients that watch the server get this.
    case peerPresent(PeerPresence)
    /// The server shows that the connection works.
    case keepAlive
    /// The server checks the connection, with 8 bytes to send back.
    case ping(UInt64)
    /// The answer to a ping with these 8 bytes.
    case pong(UInt64)
    /// The problem with the connection, in UTF-8. Empty if there is none any longer.
    case health(UnsafeRawBufferPointer)
    /// The server stops. Connect again after the first time, and keep trying for the second.
    case restarting(reconnectAfter: Duration, tryFor: Duration)
    /// A sealed ServerInfo.
    case serverInfo(UnsafeRawBufferPointer)
}

extension ServerFrame {
    /// The largest text or ServerInfo that a server may send, in bytes.
    private static let largestNote = 64 * 1024

    /// Returns how to handle a frame from a server: known types of a wrong size are refused, unknown types are skipped.
    @inline(__always)
    static func judge(_ header: FrameHeader) -> FrameReader.Verdict {
        let count = Int(header.payloadCount)
        let sizes: ClosedRange<Int>
        switch header.type {
        case .recvPacket: sizes = NodePublicKey.byteCount...NodePublicKey.byteCount + PacketLimits.packet
        case .peerGone, .peerPresent: sizes = NodePublicKey.byteCount...PacketLimits.ping
        case .ping, .pong: sizes = PacketLimits.pingData...PacketLimits.ping
        case .keepAlive: sizes = 0...PacketLimits.ping
        case .restarting: sizes = 8...PacketLimits.ping
        case .health: sizes = 0...Self.largestNote
        case .serverInfo: sizes = SecretBox.overhead...Self.largestNote
        default: return .skip
        }
        return sizes.contains(count) ? .take : .refuse
    }

    /// Reads a frame that ``judge(_:)`` takes; `nil` for any other.
    @inline(__always)
    init?(_ type: FrameType, _ payload: UnsafeRawBufferPointer) {
        switch type {
        case .recvPacket:
            guard payload.count >= NodePublicKey.byteCount, let base = payload.baseAddress else { return nil }
            let packet = UnsafeRawBufferPointer(rebasing: payload[NodePublicKey.byteCount...])
            self = .packet(from: NodePublicKey(unchecked: base), packet)
        case .peerGone:
            guard payload.count >= NodePublicKey.byteCount, let base = payload.baseAddress else { return nil }
            let reason = payload.count > NodePublicKey.byteCount ? payload[NodePublicKey.byteCount] : 0
            self = .peerGone(NodePublicKey(unchecked: base), PeerGoneReason(rawValue: reason))
        case .peerPresent:
            guard let presence = PeerPresence(payload: payload) else { return nil }
            self = .peerPresent(presence)
        case .keepAlive:
            self = .keepAlive
        case .ping, .pong:
            guard payload.count >= PacketLimits.pingData else { return nil }
            let data = UInt64(bigEndian: payload.loadUnaligned(as: UInt64.self))
            self = type == .ping ? .ping(data) : .pong(data)
        case .health:
            self = .health(payload)
        case .restarting:
            guard payload.count >= 8 else { return nil }
            self = .restarting(
                reconnectAfter: .milliseconds(UInt32(bigEndian: payload.loadUnaligned(as: UInt32.self))),
                tryFor: .milliseconds(UInt32(bigEndian: payload.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
            )
        case .serverInfo:
            self = .serverInfo(payload)
        default:
            return nil
        }
    }

    /// Returns a server's text so that it can be shown: at most 500 characters, all of them printable.
    static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        OutsideText.line(String(decoding: bytes.prefix(4 * 501), as: UTF8.self), limit: 500)
    }
}
