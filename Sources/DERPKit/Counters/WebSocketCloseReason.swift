/// How a WebSocket ended: who closed it, and with which code (RFC 6455 §7.4.1) if it was the relay. More may be added in later
/// versions.
public struct WebSocketCloseReason: Hashable, Sendable {
    private let end: WebSocketEnd

    init(_ end: WebSocketEnd) { self.end = end }

    /// The client's Close frame came first.
    public static let peer = Self(.peer)
    /// The connection broke without a Close frame.
    public static let lost = Self(.lost)
    /// 1000.
    public static let normal = Self(.normal)
    /// 1001: the relay stopped.
    public static let goingAway = Self(.goingAway)
    /// 1002: the client broke RFC 6455.
    public static let protocolError = Self(.protocolError)
    /// 1003: a text message.
    public static let unsupportedData = Self(.unsupportedData)
    /// 1007: the reason in a Close frame was not UTF-8.
    public static let invalidPayload = Self(.invalidPayload)
    /// 1008: not admitted, beyond a limit, or too slow.
    public static let policyViolation = Self(.policyViolation)
    /// 1009: a message was too large.
    public static let messageTooBig = Self(.messageTooBig)
}

extension WebSocketCloseReason: CustomStringConvertible {
    /// The label's value in the metrics, such as `going_away`.
    public var description: String { self.end.label }
}
