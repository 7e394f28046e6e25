import FoundationEssentials

@testable import AsyncSockets
@testable import DERPKit

/// Certificates and keys in PEM, certificates in DER as servers show them, and what a client asks for in its first TLS
/// message.
enum CertificatesFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard let kind = input.first else { return }
        let input = Array(input.dropFirst())
        switch kind % 4 {
        case 0: Self.readPEM(String(decoding: input, as: UTF8.self))
        case 1: Self.readDER(input)
        case 2: Self.readKey(input)
        default: Self.readHello(input)
        }
    }

    private static let host = CertificateHost("relay.example.com")!
    private static let address = CertificateHost("192.0.2.1")!

    /// A chain and its key can be written, and read as the same again.
    private static func readPEM(_ text: String) {
        do throws(DERPError) {
            let certificate = try Certificate(chainPEM: text, privateKeyPEM: text)
            let again = try Certificate(chainPEM: certificate.chainPEM, privateKeyPEM: certificate.privateKeyPEM)
            precondition(again == certificate && again.pin == certificate.pin && again.names == certificate.names)
            Self.look(at: try certificate.leaf())
        } catch {
            Lines.check(error.message)
        }
    }

    private static func readDER(_ der: [UInt8]) {
        if let key = MetaCertificate.key(in: der) { precondition(key.bytes.count == NodePublicKey.byteCount) }
        if let summary = CertificateSummary(der: der) {
            precondition(summary.names.count <= 100)
            _ = (summary.daysLeft(at: 1_795_000_000), summary.isFor("relay.example.com"), summary.isFor("192.0.2.1"))
        }
        guard let certificate = X509Certificate(der: der) else { return }
        Self.look(at: certificate)
    }

    private static func look(at certificate: X509Certificate) {
        _ = (certificate.isValid(for: Self.host), certificate.isValid(for: Self.address))
        _ = (certificate.isExpired(at: 1_795_000_000), certificate.isEarly(at: 1_795_000_000))
        _ = (certificate.commonName, certificate.issuerCommonName, certificate.isSelfIssued)
        precondition(certificate.alternativeNames.count <= 100)
        guard let validity = try? certificate.validity() else { return }
        _ = Timestamp.text(validity.upperBound)
        _ = ACMESchedule.renewal(of: validity)
    }

    /// A private key of a certificate, and of an ACME account.
    private static func readKey(_ der: [UInt8]) {
        let base64 = Data(der).base64EncodedString(options: .lineLength64Characters)
        let text = "-----BEGIN PRIVATE KEY-----\n\(base64)\n-----END PRIVATE KEY-----\n"
        guard let key = try? SigningKey.read(fromPEM: text) else { return }
        if let pem = try? key.pem() { precondition((try? SigningKey.read(fromPEM: pem)) != nil) }
        guard let account = try? ACMEAccountKey(pem: text) else { return }
        precondition(!account.publicKey.thumbprint.isEmpty)
        _ = try? account.sign(Array("message".utf8))
    }

    /// The name that a client wants, and the protocols that it offers, in two pieces of the input.
    private static func readHello(_ input: [UInt8]) {
        let cut = min(Int(input.first ?? 0), input.count)
        let hello = TLSClientHello(serverNameExtension: input[..<cut], protocolsExtension: input[cut...])
        precondition((1...253).contains(hello.serverName?.utf8.count ?? 1))
        precondition((hello.serverName ?? "").utf8.allSatisfy { (0x21...0x7e).contains($0) })
        precondition(hello.protocols.count <= input.count && !hello.protocols.contains(""))
        _ = ACMEChallenges.isValidation(hello)
    }
}
