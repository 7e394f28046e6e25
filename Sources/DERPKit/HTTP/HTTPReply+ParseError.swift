import HTTPTypes

extension HTTPReply {
    /// Makes the answer to send before closing if a peer's bytes are no request head: 400, 431, 501 or 505, and why.
    package init(_ error: HTTPParseError) {
        switch error {
        case .tooManyFields, .headTooLarge:
            self.init(text: error.description, status: .requestHeaderFieldsTooLarge)
        case .methodTooLong, .unsupportedTransferCoding:
            self.init(text: error.description, status: .notImplemented)
        case .unsupportedVersion:
            self.init(text: error.description, status: .httpVersionNotSupported)
        default:
            self.init(text: error.description, status: .badRequest)
        }
    }

    /// The answer to a client that speaks plain HTTP to a TLS port.
    package static let plainHTTPOnTLSPort = Self(text: "this port speaks HTTPS, not plain HTTP", status: .badRequest)
}
