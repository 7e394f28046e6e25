import AsyncSockets

extension MetaCertificate {
    /// What the common name begins with.
    static let commonNamePrefix = "derpkey"

    /// The server's key that the certificate with these DER bytes tells; `nil` when it is no meta certificate.
    package static func key(in der: [UInt8]) -> NodePublicKey? {
        let name = X509Certificate(der: der)?.commonName
        guard let digits = name?.rest(after: Self.commonNamePrefix) else { return nil }
        // Hex alone: a key's text form with its own prefix is none here.
        return Hex.decode(String(digits)).flatMap { NodePublicKey($0) }
    }
}
