/// Sizes of WebSocket frames and messages, in bytes.
enum WebSocketLimits {
    /// The largest message that a client may send: one that contains the largest packet.
    static let message = FrameHeader.byteCount + NodePublicKey.byteCount + PacketLimits.packet
    /// The largest payload of a control frame (RFC 6455 §5.5).
    static let control = 125
    /// The largest frame that the relay sends, including the header. It fills one TLS record.
    static let sentFrame = 16 * 1024
}
