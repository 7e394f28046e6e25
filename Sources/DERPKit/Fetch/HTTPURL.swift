import IPAddresses

/// The source of a fetch: an `http` or `https` URL (RFC 9110 §4.2) without user, password and fragment.
package struct HTTPURL: Hashable, Sendable {
    /// Whether it is reached over TLS.
    package let isSecure: Bool
    /// A name, an IPv4 literal, or an IPv6 literal in brackets.
    package let host: String
    /// 1…65535.
    package let port: UInt16
    /// Path and query as they are sent, at least `/`.
    package let target: String

    /// The longest URL that is read, in bytes.
    static let maxByteCount = 4096

    /// Reads `text`, of at most 4096 bytes. Returns `nil` if it isn't such a URL. Drops a fragment, because it is never
    /// sent.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= Self.maxByteCount, let mark = text.position(of: ":") else { return nil }
        guard let rest = text[mark...].rest(after: "://") else { return nil }
        switch text[..<mark].lowercasedASCII {
        case "https": self.isSecure = true
        case "http": self.isSecure = false
        default: return nil
        }
        let body = rest.before("#")
        let end = body.before("/", "?").endIndex
        guard let authority = HTTPAuthority(body[..<end]), authority.port != 0 else { return nil }
        let target = body[end...].begins(with: "/") ? String(body[end...]) : "/" + body[end...]
        guard target.utf8.allSatisfy(HTTPGrammar.isTarget) else { return nil }
        self.host = authority.host
        self.port = authority.port ?? (self.isSecure ? 443 : 80)
        self.target = target
    }

    /// The host without an IPv6 literal's brackets, for look-ups and certificates.
    package var name: String {
        self.host.bracketed.map { String($0) } ?? self.host
    }

    /// The value of the Host field (RFC 9110 §7.2).
    package var authority: String {
        self.port == (self.isSecure ? 443 : 80) ? self.host : "\(self.host):\(self.port)"
    }

    /// Scheme, host and port alone.
    package var origin: String { "\(self.isSecure ? "https" : "http")://\(self.authority)" }

    /// The complete URL.
    package var text: String { self.origin + self.target }

    /// Resolves a Location field against this URL (RFC 3986 §5.2). Returns `nil` if the result can't be fetched.
    package func resolving(_ reference: String) -> HTTPURL? {
        let reference = reference.before("#")
        if let mark = reference.position(of: ":"), reference[..<mark].utf8.allSatisfy(Self.isSchemeCharacter) {
            return HTTPURL(reference)
        }
        if reference.begins(with: "//") { return HTTPURL((self.isSecure ? "https:" : "http:") + reference) }
        let path = self.target.before("?")
        let target: String =
            switch reference.utf8.first {
            case nil: self.target
            case UInt8(ascii: "/"): String(reference)
            case UInt8(ascii: "?"): "\(path)\(reference)"
            default: "\(path[...(path.lastPosition(of: "/") ?? path.startIndex)])\(reference)"
            }
        return HTTPURL(self.origin + Self.withoutDots(target))
    }

    private static func isSchemeCharacter(_ byte: UInt8) -> Bool {
        HTTPGrammar.isLetter(byte) || HTTPGrammar.isDigit(byte) || "+-.".utf8.contains(byte)
    }

    /// RFC 3986 §5.2.4, for a path that starts with `/` and an optional query.
    private static func withoutDots(_ target: String) -> String {
        let path = target.before("?")
        let segments = (path.rest(after: "/") ?? path).parts(at: "/")
        var kept = [Substring]()
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            if segment.equals("..") { _ = kept.popLast() }
            if !segment.equals("."), !segment.equals("..") {
                kept.append(segment)
            } else if isLast {
                kept.append("")
            }
        }
        return "/" + kept.joined(separator: "/") + target[path.endIndex...]
    }
}

extension HTTPURL {
    /// Returns text that was meant to be a URL, as an error may show it: without user, password and query, which may be
    /// secret.
    package static func quote(_ text: String) -> String {
        let shown = text.before("?", "#")
        guard let mark = shown.lastPosition(of: "@") else { return SourceText.quote(String(shown)) }
        return SourceText.quote("…" + shown[mark...])
    }
}

extension HTTPURL: CustomStringConvertible {
    /// The URL as a log may show it: without its query, which may contain a secret.
    package var description: String { self.origin + self.target.before("?") }
}
