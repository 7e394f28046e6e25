import Glibc

/// The certificate that tells clients the server's key within the TLS handshake (docs/protocol.md, "HTTP and TLS").
///
/// It is appended to every chain. A client that finds it may speak DERP at once, without an HTTP response first ("fast
/// start"). Nobody trusts it as a certificate.
package enum MetaCertificate {
    /// How long it is valid before and after it was made, in seconds: 30 days. Make a new one well before the end.
    package static let validityMargin: time_t = 30 * 86400

    /// Returns the DER bytes of a new meta certificate: self-signed with a throw-away Ed25519 key, common name
    /// `derpkey<hex of key>`, serial number `version`, basic constraints present and critical.
    ///
    /// - Parameters:
    ///   - key: The relay's public key.
    ///   - version: The DERP protocol's version.
    ///   - now: The middle of its validity, in seconds since 1970.
    /// - Throws: ``DERPError`` with code `certificate` if OpenSSL can't make it.
    package static func make(for key: NodePublicKey, version: Int = 2, now: time_t = time(nil)) throws -> [UInt8] {
        let template = CertificateTemplate(
            serial: version,
            commonName: Self.commonNamePrefix + key.hex,
            validity: (now - Self.validityMargin)...(now + Self.validityMargin),
            extensions: [.notAnAuthority]
        )
        do {
            return try template.selfSigned(by: SigningKey.ed25519()).der()
        } catch {
            throw DERPError(.certificate, "can't make the meta certificate: \(error)")
        }
    }
}
