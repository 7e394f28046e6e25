import HTTPTypes

/// A request target in any of its four forms (RFC 9112 §3.2).
struct HTTPTarget: Hashable, Sendable {
    /// Named by the absolute form and by CONNECT.
    var authority: HTTPAuthority?
    var path: String
    var query: String?

    /// `nil` when `text` has no such form, or not the one that `method` takes.
    init?(_ text: String, method: HTTPRequest.Method) {
        if method == .connect {
            guard let authority = HTTPAuthority(text), authority.port != nil else { return nil }
            self.init(authority: authority, pathAndQuery: "")
        } else if text.hasPrefix("/") {
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
        guard let schemeEnd = text.firstIndex(of: ":"), ["http", "https"].contains(text[..<schemeEnd].lowercased()),
            text[schemeEnd...].hasPrefix("://")
        else { return nil }
        let rest = text[schemeEnd...].dropFirst(3)
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        guard let authority = HTTPAuthority(rest[..<authorityEnd]) else { return nil }
        let tail = rest[authorityEnd...]
        self.init(authority: authority, pathAndQuery: tail.hasPrefix("/") ? tail : "/" + tail)
    }

    private init(authority: HTTPAuthority?, pathAndQuery: Substring) {
        self.authority = authority
        let mark = pathAndQuery.firstIndex(of: "?")
        self.path = String(pathAndQuery[..<(mark ?? pathAndQuery.endIndex)])
        self.query = mark.map { String(pathAndQuery[$0...].dropFirst()) }
    }
}
