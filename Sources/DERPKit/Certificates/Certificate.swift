import CDERPOpenSSL
import FoundationEssentials

/// A certificate chain and the private key of its first certificate.
public struct Certificate: Sendable {
    /// One or more certificates as PEM (RFC 7468), the server's own first, and nothing else.
    public let chainPEM: String
    /// The unencrypted private key as PEM. Secret.
    package let privateKeyPEM: String
    /// The first certificate's fingerprint in the form of a DERP map's `CertName`: `sha256-raw:` and the SHA-256 of its
    /// DER bytes as 64 lower-case hexadecimal digits (docs/protocol.md, "The map").
    public let pin: String
    /// When the first certificate is valid, in seconds since 1970.
    package let validSeconds: Range<Int>
    /// Whether the chain is one certificate that names no other issuer. Clients trust such a certificate only by its
    /// ``pin``.
    public let isSelfSigned: Bool

    /// The DNS names and IP addresses that the first certificate is for.
    let names: [String]

    /// The prefix of a pin.
    package static let pinPrefix = "sha256-raw:"

    /// Makes a certificate from a pair that belongs together.
    init(chain: [X509Certificate], leaf: X509Certificate, key: SigningKey) throws(OpenSSLFailure) {
        var chainPEM = ""
        for certificate in chain { chainPEM += try certificate.pem() }
        self.chainPEM = chainPEM
        self.privateKeyPEM = try key.pem()
        self.pin = Self.pinPrefix + Hex.encode(SHA256.digest(of: try leaf.der()))
        self.validSeconds = try leaf.validity()
        self.names = leaf.alternativeNames
        self.isSelfSigned = chain.count == 1 && leaf.isSelfIssued
    }
}

extension Certificate: Equatable {
    /// Whether both are the same chain with the same key.
    public static func == (left: Self, right: Self) -> Bool {
        left.chainPEM == right.chainPEM && left.privateKeyPEM == right.privateKeyPEM
    }
}

extension Certificate {
    /// When the first certificate is valid. Empty for a certificate that ends before it begins.
    public var validity: Range<Date> {
        let start = Date(timeIntervalSince1970: Double(self.validSeconds.lowerBound))
        return start..<Date(timeIntervalSince1970: Double(self.validSeconds.upperBound))
    }

    /// The end of ``validity`` for logs: ISO 8601 in UTC.
    package var expiryText: String { Timestamp.text(self.validSeconds.upperBound) }
}

extension Certificate: CustomStringConvertible, CustomReflectable {
    /// The pin: a certificate prints without its key.
    public var description: String { self.pin }
    public var customMirror: Mirror { Mirror(self, children: ["pin": self.pin]) }
}
