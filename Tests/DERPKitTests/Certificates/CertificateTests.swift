import TestSupport
import Testing

@testable import DERPKit

@Suite("Certificate", .blocking)
struct CertificateTests {
    let directory: TemporaryDirectory

    init() throws { self.directory = try TemporaryDirectory() }

    private func pair(_ host: String) throws -> (chain: String, key: String) {
        let certificate = try Certificate.selfSigned(for: host)
        return (certificate.chainPEM, certificate.privateKeyPEM)
    }

    @Test(
        "a self-signed certificate is a P-256 server certificate for its host and ten years",
        arguments: [
            ("127.0.0.1", "IP Address:127.0.0.1"), ("2001:db8::1", "IP Address:2001:DB8:0:0:0:0:0:1"),
            ("derp.example.com", "DNS:derp.example.com"), ("localhost", "DNS:localhost"),
            (
                String(repeating: "a", count: 63) + ".example.com",
                "DNS:" + String(repeating: "a", count: 63) + ".example.com"
            ),
        ]
    )
    func selfSigned(host: String, name: String) throws {
        let certificate = try Certificate.selfSigned(for: host)
        let pem = Array(certificate.chainPEM.utf8)
        let text = try OpenSSLTool.run("x509", "-noout", "-text", input: pem)
        for line in [
            "Version: 3 (0x2)", "ecdsa-with-SHA256", "ASN1 OID: prime256v1", "TLS Web Server Authentication",
            "X509v3 Basic Constraints: critical\n                CA:FALSE", "Digital Signature",
            "X509v3 Subject Alternative Name: \n                \(name)\n",
        ] {
            #expect(text.contains(line), "\(line)")
        }
        let tenYearsLessADay = "\((3652 - 1) * 86400)"
        #expect(throws: Never.self) {
            try OpenSSLTool.run("x509", "-noout", "-checkend", tenYearsLessADay, input: pem)
        }
        #expect(certificate.isSelfSigned)
        #expect(try certificate.leaf().isValid(for: .parse(host)))
    }

    @Test("the pin is the SHA-256 of the first certificate")
    func pin() throws {
        let certificate = try Certificate.selfSigned(for: "127.0.0.1")
        let line = try OpenSSLTool.run(
            "x509",
            "-noout",
            "-fingerprint",
            "-sha256",
            input: Array(certificate.chainPEM.utf8)
        )
        let digits = line.split(separator: "=").last?.filter(\.isHexDigit).lowercased()
        #expect(certificate.pin == "sha256-raw:" + (digits ?? ""))
        #expect("\(certificate)" == certificate.pin)
        #expect(String(reflecting: certificate) == certificate.pin)
    }

    @Test(
        "a pair made by another tool is read from files and from text",
        arguments: [["rsa:2048"], ["ed25519"], ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]]
    )
    func manual(algorithm: [String]) throws {
        let chain = self.directory.file("derp.example.com.crt")
        let key = self.directory.file("derp.example.com.key")
        let request = ["req", "-x509", "-nodes", "-subj", "/CN=other", "-addext", "subjectAltName=DNS:*.example.com"]
        try OpenSSLTool.run(request + ["-keyout", key, "-out", chain, "-newkey"] + algorithm)
        let certificate = try Certificate(directory: self.directory.path, host: "derp.example.com")
        let chainText = try FileReader.text(at: chain, limit: 1 << 20)
        let keyText = try FileReader.text(at: key, limit: 1 << 20)
        // A private key that stands among the certificates must not come out with them.
        let mixed = try Certificate(chainPEM: "comment\n" + keyText + chainText, privateKeyPEM: chainText + keyText)
        #expect(mixed.pin == certificate.pin)
        #expect(mixed.chainPEM == chainText)
        #expect(!mixed.chainPEM.contains("PRIVATE"))
        #expect(try SigningKey.read(fromPEM: certificate.privateKeyPEM).matches(certificate.leaf()))
    }

    @Test("a chain of several is kept whole and in order, and is not called self-signed")
    func chain() throws {
        let first = try self.pair("127.0.0.1")
        let second = try self.pair("::1")
        let certificate = try Certificate(chainPEM: first.chain + second.chain, privateKeyPEM: first.key)
        #expect(certificate.chainPEM == first.chain + second.chain)
        #expect(!certificate.isSelfSigned)
    }

    @Test("another certificate's key is refused, and both files are named")
    func mismatch() throws {
        let chain = try self.directory.write(self.pair("localhost").chain, to: "localhost.crt")
        let key = try self.directory.write(self.pair("localhost").key, to: "localhost.key")
        #expect(throws: DERPError(.certificate, "\(key) is not the key of the first certificate in \(chain)")) {
            try Certificate(directory: self.directory.path, host: "localhost")
        }
    }

    @Test("a certificate for another host is refused; its common name counts for nothing")
    func wrongHost() throws {
        let pair = try self.pair("other.example.com")
        let chain = try self.directory.write(pair.chain, to: "derp.example.com.crt")
        try self.directory.write(pair.key, to: "derp.example.com.key")
        #expect(throws: DERPError(.certificate, "the certificate in \(chain) is not for derp.example.com")) {
            try Certificate(directory: self.directory.path, host: "derp.example.com")
        }
    }

    @Test("an encrypted key is refused without asking anyone")
    func encrypted() throws {
        let pair = try self.pair("localhost")
        for form in [["pkcs8", "-topk8", "-v2", "aes-128-cbc"], ["ec", "-aes128"]] {
            let encrypted = try OpenSSLTool.run(form + ["-passout", "pass:x"], input: Array(pair.key.utf8))
            let complaint = DERPError(.certificate, "the private key is encrypted: store it without a password")
            #expect(throws: complaint) { try Certificate(chainPEM: pair.chain, privateKeyPEM: encrypted) }
        }
    }

    @Test("what can't be parsed is named by its file")
    func damaged() throws {
        let pair = try self.pair("localhost")
        let good = try self.directory.write(pair.chain, to: "good.crt")
        let key = try self.directory.write(pair.key, to: "good.key")
        let cut = try self.directory.write(pair.chain.replacing("MII", with: "MIJ"), to: "cut.crt")
        let truncated = try self.directory.write(String(pair.chain.dropLast(40)), to: "truncated.crt")
        let empty = try self.directory.write("", to: "empty")
        for (chainFile, keyFile, blamed) in [
            (cut, key, cut), (truncated, key, truncated), (empty, key, empty), (key, key, key), (good, empty, empty),
            (good, good, good), (self.directory.path, key, self.directory.path),
            (self.directory.file("no.crt"), key, self.directory.file("no.crt")),
            (good, self.directory.file("no.key"), self.directory.file("no.key")),
        ] {
            let error = #expect(throws: DERPError.self) { try Certificate(chainFile: chainFile, keyFile: keyFile) }
            #expect(error?.code == .certificate)
            #expect(error?.message.contains(blamed) == true, "\(error?.message ?? "")")
            #expect(error?.message.contains("\n") == false)
        }
    }
}
