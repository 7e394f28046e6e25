import IPAddresses
import Glibc

/// The relevant parts of a server's certificate.
struct CertificateSummary: Hashable, Sendable {
    /// The subject alternative names: DNS names and addresses. The common name is ignored.
    var names: [String]
    /// The issuer's common name; empty if it has none.
    var issuer: String
    /// In seconds since 1970.
    var start: time_t
    var end: time_t
    /// ``Certificate/pin``.
    var pin: String
    var isSelfIssued: Bool
}

extension CertificateSummary {
    /// Reads a certificate in DER form; `nil` if `der` isn't one.
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

    /// Returns the whole days until the certificate expires, rounded down. Negative if it has expired.
    func daysLeft(at now: time_t) -> Int { Int((Double(self.end - now) / 86400).rounded(.down)) }

    /// Returns whether the certificate is for `name`, a DNS name or an IP literal. An asterisk stands for one whole
    /// first label (RFC 9525 §6.3).
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
