import HTTPTypes

extension HTTPRouter {
    /// Sends a client of the plain port to the same path under `https`.
    ///
    /// The host is the client's own word, but so narrow (``HTTPAuthority``) that it names a host and nothing else.
    func redirect(_ head: HTTPRequestHead, tlsPort: UInt16, fallbackHost: HTTPAuthority?) -> HTTPReply {
        guard head.isRead else { return .methodNotAllowed }
        guard let host = (head.authority ?? fallbackHost)?.host else {
            return HTTPReply(text: "this is served under https only", status: .badRequest)
        }
        let port = tlsPort == 443 ? "" : ":\(tlsPort)"
        let query = head.query.map { "?" + $0 } ?? ""
        return HTTPReply(status: .found, fields: [.location: "https://\(host)\(port)\(head.path)\(query)"])
    }
}
