import HTTPTypes

/// The checked head of an HTTP/1.x request: what it asks for, at which host, and with which header fields.
package struct HTTPRequestHead: Hashable, Sendable {
    /// The method, in its original case.
    package var method: HTTPRequest.Method
    /// The path as sent, still percent-encoded: `/…`, `*` for `OPTIONS *`, empty for CONNECT.
    package var path: String
    /// The text after the first `?`; `nil` if there is none.
    package var query: String?
    /// The host that the request is for, from an absolute target, otherwise from Host; `nil` if neither names one.
    package var authority: HTTPAuthority?
    /// The version's minor digit: 0 for HTTP/1.0, 1 for 1.1 and for anything later.
    package var minorVersion: Int
    /// The header fields in their order, values trimmed of white space.
    package var fields: HTTPFields
    /// Whether a body follows. Only `/verify` reads a body. The connection is closed after any body.
    package var hasBody: Bool

    /// Whether the connection stays open after this request (RFC 9112 §9.3). Never with a body, because most bodies are
    /// not read.
    package var wantsKeepAlive: Bool {
        if self.hasBody || self.fields.lists("close", in: .connection) { return false }
        return self.minorVersion > 0 || self.fields.lists("keep-alive", in: .connection)
    }

    /// True for GET and HEAD.
    package var isRead: Bool { self.method == .get || self.method == .head }
}
