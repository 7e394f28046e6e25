import AsyncSockets
import Glibc

/// What matters of a server's certificate.
struct CertificateSummary: Hashable, Sendable {
    /// The subject alternative names: DNS names and addresses. The common name counts for nothing.
    var names: [String]
    /// The issuer's common name; empty when it has none.
    var issuer: String
    /// In seconds since 1970.
    var start: time_t
    var end: time_t
    /// ``Certificate/pin``.
    var pin: String
    var isSelfIssued: Bool
}

extension CertificateSummary {
    /// `nil` for what is no certificate.
    init?(der: [UInt8]) {
        guard let certificate = X509Certificate(der: der), let start = certificate.start, let end = certificate.end
        else { return nil }
        self.init(
            names: certificate.alternativeNames,
            issuer: certificate.issuerCommonName ?? "",
            start: start,
            end: end,
            pin: Certificate.pinPrefix + Hex.encode(SHA256.digest(of: der)),
            isSelfIssued: certificate.isSelfIssued
        )
    }

    /// Whole days until it expires, rounded down; negative when it has.
    func daysLeft(at now: time_t) -> Int { Int((Double(self.end - now) / 86400).rounded(.down)) }

    /// Whether it is for `name`, a DNS name or an IP literal (RFC 9525 §6.3: an asterisk is one whole first label).
    func isFor(_ name: String) -> Bool {
        let name = name.lowercasedASCII
        return self.names.contains { pattern in
            let pattern = pattern.lowercasedASCII
            guard let parent = pattern.rest(after: "*") else { return pattern.equals(name) }
            guard parent.begins(with: "."), let dot = name.position(of: ".") else { return false }
            return name[dot...].equals(parent)
        }
    }
}
