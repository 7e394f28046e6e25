/// How a client broke RFC 6455, or used what the relay doesn't support. None of these contains a byte of what it sent.
enum WebSocketViolation: Error, Hashable, Sendable, CaseIterable {
    /// A frame isn't masked (§5.1).
    case unmaskedFrame
    /// A reserved bit is set, though no extension was agreed upon (§5.2).
    case reservedBits
    /// An opcode has no meaning (§5.2).
    case unknownOpcode
    /// A length takes more bytes than it needs, or its highest bit is set (§5.2).
    case malformedLength
    /// A control frame is not its message's only one (§5.5).
    case fragmentedControl
    /// A control frame has more than 125 bytes (§5.5).
    case largeControl
    /// A frame continues a message that no frame began (§5.4).
    case strayContinuation
    /// A message begins before the previous one has ended (§5.4).
    case interruptedMessage
    /// A Close frame contains half a code, or one that must not be sent (§5.5.1, §7.4).
    case malformedClose
    /// A Close frame's reason isn't UTF-8 (§5.5.1).
    case closeReasonNotText
    /// A message is text: DERP is binary.
    case textMessage
    /// A message is longer than ``WebSocketLimits/message``.
    case messageTooLong

    /// The code for the peer (§7.4.1).
    var closeCode: WebSocketCloseCode {
        switch self {
        case .textMessage: .unsupportedData
        case .messageTooLong: .messageTooBig
        case .closeReasonNotText: .invalidPayload
        default: .protocolError
        }
    }

    /// One line for a person, at most 123 bytes.
    var reason: String {
        switch self {
        case .unmaskedFrame: "a frame is not masked"
        case .reservedBits: "a reserved bit is set"
        case .unknownOpcode: "unknown opcode"
        case .malformedLength: "malformed length"
        case .fragmentedControl: "fragmented control frame"
        case .largeControl: "control frame over \(WebSocketLimits.control) bytes"
        case .strayContinuation: "a frame continues no message"
        case .interruptedMessage: "a message is interrupted by another"
        case .malformedClose: "malformed close code"
        case .closeReasonNotText: "the close reason is not UTF-8"
        case .textMessage: "DERP needs binary messages"
        case .messageTooLong: "message over \(WebSocketLimits.message) bytes"
        }
    }
}
