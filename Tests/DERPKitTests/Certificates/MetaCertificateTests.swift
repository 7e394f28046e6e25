import TestSupport
import Testing

@testable import DERPKit

@Suite("Meta certificate", .blocking)
struct MetaCertificateTests {
    @Test("it says the server's key in the form that clients look for")
    func content() throws {
        let key = NodePrivateKey().publicKey
        let der = try MetaCertificate.make(for: key, version: 2, now: 1_800_000_000)
        let text = try OpenSSLTool.run(
            "x509",
            "-inform",
            "DER",
            "-noout",
            "-text",
            "-nameopt",
            "show_type,sname",
            input: der
        )
        for line in [
            "Version: 3 (0x2)", "Serial Number: 2 (0x2)", "Signature Algorithm: ED25519",
            "Subject: CN=PRINTABLESTRING:derpkey\(key.hex)", "Issuer: CN=PRINTABLESTRING:derpkey\(key.hex)",
            "Not Before: Dec 16 08:00:00 2026 GMT", "Not After : Feb 14 08:00:00 2027 GMT",
            "X509v3 Basic Constraints: critical\n                CA:FALSE",
        ] {
            #expect(text.contains(line), "\(line)")
        }
    }

    @Test("its signature is its own")
    func signature() throws {
        let directory = try TemporaryDirectory()
        let der = try MetaCertificate.make(for: NodePrivateKey().publicKey)
        let pem = try OpenSSLTool.run("x509", "-inform", "DER", input: der)
        let path = try directory.write(pem, to: "meta.pem")
        #expect(try OpenSSLTool.run("verify", "-check_ss_sig", "-CAfile", path, path).hasSuffix(": OK\n"))
    }
}
