import HTTPTypes

extension HTTPReply {
    /// 404.
    static let notFound = Self(text: "not found", status: .notFound)

    /// 405, for a resource that takes GET and HEAD.
    static let methodNotAllowed = Self.methodNotAllowed()

    /// 405 with Allow (RFC 9110 §15.5.6).
    static func methodNotAllowed(allowed: String = "GET, HEAD", text: String = "method not allowed") -> Self {
        Self(text: text, status: .methodNotAllowed, fields: [.allow: allowed])
    }

    /// Returns the reply with headers that keep a browser from misusing it: no sniffing, no frames, no script, nothing
    /// from elsewhere.
    ///
    /// Strict-Transport-Security is sent under TLS only (RFC 6797 §7.2), and for this host only, because others may
    /// share its domain.
    func protected(isTLS: Bool) -> Self {
        var reply = self
        reply.fields[.xContentTypeOptions] = "nosniff"
        reply.fields[.frameOptions] = "DENY"
        reply.fields[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        if isTLS { reply.fields[.strictTransportSecurity] = "max-age=63072000" }
        return reply
    }
}
