/// A way to prove to an ACME server that a name or an address belongs to this server. More may be added in later versions.
public struct ACMEChallengeType: Hashable, Sendable {
    enum Kind: String, CaseIterable {
        case http = "http-01"
        case tlsALPN = "tls-alpn-01"
    }

    let kind: Kind

    /// A file at port 80, `http-01` (RFC 8555 §8.3).
    public static let http = Self(kind: .http)
    /// A certificate at port 443, `tls-alpn-01` (RFC 8737).
    public static let tlsALPN = Self(kind: .tlsALPN)

    /// All that a relay can answer, the best first.
    package static let all = Kind.allCases.map { Self(kind: $0) }
}

extension ACMEChallengeType: CustomStringConvertible {
    /// The type's name in ACME, such as `http-01`.
    public var description: String { self.kind.rawValue }
}
