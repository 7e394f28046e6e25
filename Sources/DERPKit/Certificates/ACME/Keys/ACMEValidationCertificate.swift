import CDERPOpenSSL
import Glibc

/// The certificate that answers a TLS-ALPN-01 challenge (RFC 8737 §3).
enum ACMEValidationCertificate {
    /// id-pe-acmeIdentifier (RFC 8737 §6.1).
    static let identifier = "1.3.6.1.5.5.7.1.31"

    /// Makes a self-signed certificate for `host` with the SHA-256 of `keyAuthorization` in a critical extension.
    static func make(
        for host: CertificateHost,
        keyAuthorization: String,
        now: time_t = time(nil)
    ) throws(OpenSSLFailure) -> Certificate {
        let digest = SHA256.digest(of: Array(keyAuthorization.utf8))
        // The extension's value is DER: an OCTET STRING (4) of 32 bytes.
        let value = Hex.encode([4, UInt8(digest.count)] + digest)
        let key = try SigningKey.p256()
        let template = CertificateTemplate(
            commonName: "ACME validation",
            validity: (now - 3600)...(now + 86400),
            extensions: [
                .notAnAuthority,
                CertificateTemplate.Extension(nid: NID_subject_alt_name, value: host.subjectAlternativeName),
                CertificateTemplate.Extension(identifier: Self.identifier, value: "critical,DER:" + value),
            ]
        )
        let certificate = try template.selfSigned(by: key)
        return try Certificate(chain: [certificate], leaf: certificate, key: key)
    }
}
