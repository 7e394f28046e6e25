/// How a WebSocket ended: who closed it, and with which code (RFC 6455 §7.4.1) if it was this end.
enum WebSocketEnd: Int, CaseIterable, Sendable {
    /// The client's Close frame came first.
    case peer
    /// The connection broke without a Close frame.
    case lost
    case normal
    case goingAway
    case protocolError
    case unsupportedData
    case invalidPayload
    case policyViolation
    case messageTooBig

    /// The label's value in the metrics.
    var label: String {
        switch self {
        case .peer: "peer"
        case .lost: "lost"
        case .normal: "normal"
        case .goingAway: "going_away"
        case .protocolError: "protocol_error"
        case .unsupportedData: "unsupported_data"
        case .invalidPayload: "invalid_payload"
        case .policyViolation: "policy_violation"
        case .messageTooBig: "message_too_big"
        }
    }

    /// This end closed with `code`.
    init(_ code: WebSocketCloseCode) {
        switch code {
        case .goingAway: self = .goingAway
        case .protocolError: self = .protocolError
        case .unsupportedData: self = .unsupportedData
        case .invalidPayload: self = .invalidPayload
        case .policyViolation: self = .policyViolation
        case .messageTooBig: self = .messageTooBig
        default: self = .normal
        }
    }
}
