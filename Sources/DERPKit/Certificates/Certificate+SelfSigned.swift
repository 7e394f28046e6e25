import CDERPOpenSSL
import Glibc

extension Certificate {
    /// The validity of a self-signed certificate, in days: ten years.
    static let selfSignedDays = 3652

    /// Makes a certificate for `host`, signed by its own new P-256 key and valid for ten years. Stores nothing.
    ///
    /// - Parameter host: The DNS name, or the IP literal without brackets, that clients connect to.
    /// - Throws: ``DERPError`` with code `certificate` if `host` is neither, or OpenSSL can't make the certificate.
    public static func selfSigned(for host: String) throws(DERPError) -> Certificate {
        let host = try CertificateHost.parse(host)
        do {
            return try Self.selfSigned(for: host, key: SigningKey.p256(), now: time(nil))
        } catch {
            throw DERPError(.certificate, "can't make a certificate for \(host.text): \(error)")
        }
    }

    static func selfSigned(
        for host: CertificateHost,
        key: SigningKey,
        now: time_t
    ) throws(OpenSSLFailure) -> Certificate {
        let template = CertificateTemplate(
            commonName: host.text.utf8.count <= 64 ? host.text : "DERP relay",
            // An hour in the past, for clients whose clocks are slow.
            validity: (now - 3600)...(now + Self.selfSignedDays * 86400),
            extensions: [
                .notAnAuthority,
                CertificateTemplate.Extension(nid: NID_key_usage, value: "critical,digitalSignature"),
                CertificateTemplate.Extension(nid: NID_ext_key_usage, value: "serverAuth"),
                CertificateTemplate.Extension(nid: NID_subject_alt_name, value: host.subjectAlternativeName),
            ]
        )
        let certificate = try template.selfSigned(by: key)
        return try Certificate(chain: [certificate], leaf: certificate, key: key)
    }
}
