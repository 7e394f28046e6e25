/// The type of a WebSocket frame (RFC 6455 §5.2).
enum WebSocketOpcode: UInt8, CaseIterable, Sendable {
    /// Continues a message that another frame began.
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xa

    /// Control frames may come between the frames of a message, are never fragmented, and are small (§5.5).
    var isControl: Bool { self.rawValue & 0x8 != 0 }
}
