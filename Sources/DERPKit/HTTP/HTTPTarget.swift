import IPAddresses
import HTTPTypes

/// A request target in any of its four forms (RFC 9112 §3.2).
struct HTTPTarget: Hashable, Sendable {
    /// Named by the absolute form and by CONNECT.
    var authority: HTTPAuthority?
    var path: String
    var query: String?

    /// Returns `nil` if `text` has no such form, or not the one for `method`.
    init?(_ text: String, method: HTTPRequest.Method) {
        if method == .connect {
            guard let authority = HTTPAuthority(text), authority.port != nil else { return nil }
            self.init(authority: authority, pathAndQuery: "")
        } else if text.begins(with: "/") {
            self.init(authority: nil, pathAndQuery: text[...])
        } else if text == "*" {
            guard method == .options else { return nil }
            self.init(authority: nil, pathAndQuery: text[...])
        } else {
            self.init(absolute: text)
        }
    }

    /// `http://host/path` and `https://host/path`, without user information.
    private init?(absolute text: String) {
        guard let schemeEnd = text.position(of: ":"), ["http", "https"].contains(text[..<schemeEnd].lowercasedASCII),
            let rest = text[schemeEnd...].rest(after: "://")
        else { return nil }
        let authorityEnd = rest.before("/", "?").endIndex
        guard let authority = HTTPAuthority(rest[..<authorityEnd]) else { return nil }
        let tail = rest[authorityEnd...]
        self.init(authority: authority, pathAndQuery: tail.begins(with: "/") ? tail : "/" + tail)
    }

    private init(authority: HTTPAuthority?, pathAndQuery: Substring) {
        self.authority = authority
        let mark = pathAndQuery.position(of: "?")
        self.path = String(pathAndQuery[..<(mark ?? pathAndQuery.endIndex)])
        self.query = mark.map { String(pathAndQuery.rest(behind: $0)) }
    }
}
