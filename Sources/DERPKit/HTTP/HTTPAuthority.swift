import IPAddresses

/// A host and optionally a port, as in a Host field (RFC 9110 §7.2). The syntax is so narrow that it can be reflected
/// without harm.
package struct HTTPAuthority: Hashable, Sendable {
    /// A name, an IPv4 literal, or an IPv6 literal in brackets; at most 255 characters.
    package let host: String
    /// The port, 0…65535; `nil` if none is given.
    package let port: UInt16?

    /// Reads `host` or `host:port`. Returns `nil` for anything that can't be reached under such a name.
    package init?(_ text: some StringProtocol) {
        let bracket = text.lastPosition(of: "]")
        let colon = text[(bracket ?? text.startIndex)...].position(of: ":")
        let host = text[..<(colon ?? text.endIndex)]
        guard host.utf8.count <= 255, Self.isLiteral(host) || Self.isName(host) else { return nil }
        self.host = String(host)

        let digits = colon.map { text.rest(behind: $0) } ?? text[text.endIndex...]
        if digits.isEmpty {
            self.port = nil
        } else {
            guard digits.utf8.allSatisfy(HTTPGrammar.isDigit), let port = UInt16(digits) else { return nil }
            self.port = port
        }
    }

    /// `[2001:db8::1]`, without a zone.
    private static func isLiteral(_ host: some StringProtocol) -> Bool {
        host.bracketed.flatMap { IPAddress($0) }?.family == .ipv6
    }

    /// Labels of letters, digits, `-` and `_` between dots; a dot may come last.
    private static func isName(_ host: some StringProtocol) -> Bool {
        var labels = host.parts(at: ".")
        if labels.count > 1, labels.last?.isEmpty == true { labels.removeLast() }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count)
                && label.utf8.allSatisfy {
                    HTTPGrammar.isLetter($0) || HTTPGrammar.isDigit($0) || "-_".utf8.contains($0)
                }
        }
    }
}
