/// A way to prove to an ACME server that a name or an address belongs to this server.
public enum ACMEChallengeType: String, Hashable, Sendable, CaseIterable {
    /// A file at port 80 (RFC 8555 §8.3).
    case http = "http-01"
    /// A certificate at port 443 (RFC 8737).
    case tlsALPN = "tls-alpn-01"
}
