/// Why bytes are no HTTP request head that this server accepts, which also determines the answer.
///
/// None of these contains a byte of what the peer sent.
package enum HTTPParseError: Error, Hashable, Sendable, CaseIterable {
    /// The first byte opens a TLS handshake record (RFC 8446 §5.1): a TLS client on a plain port.
    case tlsOnPlainPort
    /// The first byte can't begin an HTTP request.
    case notHTTP
    /// The request line breaks RFC 9112 §3.
    case malformedRequestLine
    /// The method is longer than any that exists.
    case methodTooLong
    /// The request target has none of the four forms of RFC 9112 §3.2, or not the one for its method.
    case malformedTarget
    /// A major version other than 1.
    case unsupportedVersion
    /// A line ends with LF without CR. RFC 9112 §2.2 lets a server accept it; this one doesn't.
    case bareLineFeed
    /// A CR isn't followed by LF (RFC 9112 §2.2).
    case bareCarriageReturn
    /// A header field line breaks RFC 9112 §5: a bad name, white space before the colon, or a control character.
    case malformedField
    /// A line begins with white space: obsolete line folding (RFC 9112 §5.2).
    case foldedField
    /// More than ``HTTPRequestParser/maxFieldCount`` header fields.
    case tooManyFields
    /// The head is longer than ``HTTPRequestParser/maxHeadByteCount``.
    case headTooLarge
    /// HTTP/1.1 without a Host field (RFC 9112 §3.2).
    case missingHost
    /// More than one Host field (RFC 9112 §3.2).
    case repeatedHost
    /// The Host field contains no host.
    case malformedHost
    /// The body's length is ambiguous (RFC 9112 §6), which is the basis of request smuggling.
    case ambiguousBody
    /// A transfer coding other than `chunked` (RFC 9112 §6.1).
    case unsupportedTransferCoding
    /// A trusted proxy should say whose request this is, but its X-Forwarded-For or X-Real-IP contains no address.
    case unclearClient
}

extension HTTPParseError: CustomStringConvertible {
    /// One line for a person.
    package var description: String {
        switch self {
        case .tlsOnPlainPort: "this port speaks plain HTTP, not TLS"
        case .notHTTP: "this is not HTTP"
        case .malformedRequestLine: "malformed request line"
        case .methodTooLong: "unknown method"
        case .malformedTarget: "malformed request target"
        case .unsupportedVersion: "only HTTP/1.1 and HTTP/1.0 are supported"
        case .bareLineFeed: "a line ends without a carriage return"
        case .bareCarriageReturn: "a carriage return without a line feed"
        case .malformedField: "malformed header field"
        case .foldedField: "folded header field"
        case .tooManyFields: "too many header fields"
        case .headTooLarge: "request head too large"
        case .missingHost: "missing Host header field"
        case .repeatedHost: "more than one Host header field"
        case .malformedHost: "malformed Host header field"
        case .ambiguousBody: "unclear body length"
        case .unsupportedTransferCoding: "unsupported transfer coding"
        case .unclearClient: "X-Forwarded-For or X-Real-IP doesn't tell whose request this is"
        }
    }
}
