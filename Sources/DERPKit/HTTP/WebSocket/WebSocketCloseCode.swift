/// Why a WebSocket is closed, as a Close frame says (RFC 6455 §7.4).
struct WebSocketCloseCode: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt16

    static let normal = Self(rawValue: 1000)
    static let goingAway = Self(rawValue: 1001)
    static let protocolError = Self(rawValue: 1002)
    /// A message of a type that the relay doesn't support.
    static let unsupportedData = Self(rawValue: 1003)
    /// Text that isn't UTF-8.
    static let invalidPayload = Self(rawValue: 1007)
    static let policyViolation = Self(rawValue: 1008)
    static let messageTooBig = Self(rawValue: 1009)

    /// Whether a peer may send it: the registered codes, except for those that describe an end without a Close frame,
    /// and the codes of libraries and programs (§7.4.2).
    var isSendable: Bool {
        switch self.rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
