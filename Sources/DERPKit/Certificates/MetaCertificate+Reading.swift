import IPAddresses

extension MetaCertificate {
    /// The prefix of the common name.
    static let commonNamePrefix = "derpkey"

    /// Returns the server's key in the certificate with these DER bytes, or `nil` if it isn't a meta certificate.
    package static func key(in der: [UInt8]) -> NodePublicKey? {
        let name = X509Certificate(der: der)?.commonName
        guard let digits = name?.rest(after: Self.commonNamePrefix) else { return nil }
        // Only hexadecimal digits: a key's text form with its own prefix isn't valid here.
        return Hex.decode(String(digits)).flatMap { NodePublicKey($0) }
    }
}
