import HTTPTypes

/// The head of an HTTP/1.x request, checked: what it asks for, of whom, and with which header fields.
package struct HTTPRequestHead: Hashable, Sendable {
    /// The method, in the case it came in.
    package var method: HTTPRequest.Method
    /// The path as sent, still percent-encoded: `/…`, `*` for `OPTIONS *`, empty for CONNECT.
    package var path: String
    /// What follows the first `?`, without it; `nil` where there is none.
    package var query: String?
    /// Whom the request is for: of an absolute target, else of Host; `nil` when neither names anyone.
    package var authority: HTTPAuthority?
    /// The version's minor digit: 0 for HTTP/1.0, 1 for 1.1 and for anything later.
    package var minorVersion: Int
    /// The header fields in their order, values trimmed of white space.
    package var fields: HTTPFields
    /// Whether a body follows. Only `/verify` reads one; after any the connection is closed.
    package var hasBody: Bool

    /// Whether the connection outlives this request (RFC 9112 §9.3). Never with a body, since most are not read.
    package var wantsKeepAlive: Bool {
        if self.hasBody || self.fields.lists("close", in: .connection) { return false }
        return self.minorVersion > 0 || self.fields.lists("keep-alive", in: .connection)
    }

    /// True for GET and HEAD.
    package var isRead: Bool { self.method == .get || self.method == .head }
}
