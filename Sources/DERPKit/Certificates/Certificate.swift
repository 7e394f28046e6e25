/// A certificate chain and the private key of its first certificate, both as PEM (RFC 7468).
public struct Certificate: Sendable {
    /// One or more certificates, the server's own first.
    public let chainPEM: String
    /// The unencrypted private key. Secret.
    package let privateKeyPEM: String

    package init(chainPEM: String, privateKeyPEM: String) {
        self.chainPEM = chainPEM
        self.privateKeyPEM = privateKeyPEM
    }
}
