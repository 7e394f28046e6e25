/// Where something is fetched from: an `http` or `https` URL (RFC 9110 §4.2) without user, password and fragment.
package struct HTTPURL: Hashable, Sendable {
    /// Whether it is reached by TLS.
    package let isSecure: Bool
    /// A name, an IPv4 literal, or an IPv6 literal in brackets.
    package let host: String
    /// 1…65535.
    package let port: UInt16
    /// Path and query as they are sent, `/` at least.
    package let target: String

    /// The longest URL that is read, in bytes.
    static let maxByteCount = 4096

    /// Reads `text`, of at most 4096 bytes; `nil` when it is no such URL. A fragment is dropped, as it is never sent.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= Self.maxByteCount, let mark = text.firstIndex(of: ":") else { return nil }
        let rest = text[mark...]
        guard rest.hasPrefix("://") else { return nil }
        switch text[..<mark].lowercased() {
        case "https": self.isSecure = true
        case "http": self.isSecure = false
        default: return nil
        }
        let body = rest.dropFirst(3).prefix { $0 != "#" }
        let end = body.firstIndex { $0 == "/" || $0 == "?" } ?? body.endIndex
        guard let authority = HTTPAuthority(body[..<end]), authority.port != 0 else { return nil }
        let target = body[end...].first == "/" ? String(body[end...]) : "/" + body[end...]
        guard target.utf8.allSatisfy(HTTPGrammar.isTarget) else { return nil }
        self.host = authority.host
        self.port = authority.port ?? (self.isSecure ? 443 : 80)
        self.target = target
    }

    /// The host without an IPv6 literal's brackets: what is looked up, and what a certificate is for.
    package var name: String {
        self.host.hasPrefix("[") ? String(self.host.dropFirst().dropLast()) : self.host
    }

    /// What the Host field says (RFC 9110 §7.2).
    package var authority: String {
        self.port == (self.isSecure ? 443 : 80) ? self.host : "\(self.host):\(self.port)"
    }

    /// Scheme, host and port alone.
    package var origin: String { "\(self.isSecure ? "https" : "http")://\(self.authority)" }

    /// The whole URL.
    package var text: String { self.origin + self.target }

    /// What a Location field stands for here (RFC 3986 §5.2); `nil` when that can't be fetched.
    package func resolving(_ reference: String) -> HTTPURL? {
        let reference = reference.prefix { $0 != "#" }
        if let mark = reference.firstIndex(of: ":"), reference[..<mark].utf8.allSatisfy(Self.isSchemeCharacter) {
            return HTTPURL(reference)
        }
        if reference.hasPrefix("//") { return HTTPURL((self.isSecure ? "https:" : "http:") + reference) }
        let path = self.target.prefix { $0 != "?" }
        let target: String =
            switch reference.first {
            case nil: self.target
            case "/": String(reference)
            case "?": "\(path)\(reference)"
            default: "\(path[...(path.lastIndex(of: "/") ?? path.startIndex)])\(reference)"
            }
        return HTTPURL(self.origin + Self.withoutDots(target))
    }

    private static func isSchemeCharacter(_ byte: UInt8) -> Bool {
        HTTPGrammar.isLetter(byte) || HTTPGrammar.isDigit(byte) || "+-.".utf8.contains(byte)
    }

    /// RFC 3986 §5.2.4, for a path that starts with `/` and perhaps a query.
    private static func withoutDots(_ target: String) -> String {
        let path = target.prefix { $0 != "?" }
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var kept = [Substring]()
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".", "..":
                if segment == ".." { _ = kept.popLast() }
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/") + target[path.endIndex...]
    }
}

extension HTTPURL {
    /// What was meant to be a URL, as an error may show it: without user, password and query, which may be secret.
    package static func quote(_ text: String) -> String {
        let shown = text.prefix { $0 != "?" && $0 != "#" }
        guard let mark = shown.lastIndex(of: "@") else { return SourceText.quote(String(shown)) }
        return SourceText.quote("…" + shown[mark...])
    }
}

extension HTTPURL: CustomStringConvertible {
    /// The URL as a log may show it: without its query, which may hold a secret.
    package var description: String { self.origin + self.target.prefix { $0 != "?" } }
}
