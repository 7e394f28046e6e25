import TestSupport
import Testing

@testable import DERPKit

@Suite("Keys and signatures of ACME", .blocking)
struct ACMEKeyTests {
    /// The key of RFC 7515 A.3 as RFC 5915 writes it.
    private static func exampleKey() throws -> ACMEAccountKey {
        let d = try #require(Base64URL.decode("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"))
        let x = try #require(Base64URL.decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"))
        let y = try #require(Base64URL.decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
        let curve: [UInt8] = [0xa0, 0x0a, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]
        let point: [UInt8] = [0xa1, 0x44, 3, 0x42, 0, 4] + x + y
        let der = [0x30, 0x77, 2, 1, 1, 4, 0x20] + d + curve + point
        var text = Base64URL.encode(der).replacing("-", with: "+").replacing("_", with: "/")
        text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return try ACMEAccountKey(pem: "-----BEGIN EC PRIVATE KEY-----\n\(text)\n-----END EC PRIVATE KEY-----\n")
    }

    @Test("base64url is that of RFC 7515 Appendix C, and is read in either alphabet")
    func base64() {
        #expect(Base64URL.encode([3, 236, 255, 224, 193]) == "A-z_4ME")
        for text in ["A-z_4ME", "A+z/4ME", "A-z_4ME=", "A+z/4ME="] {
            #expect(Base64URL.decode(text) == [3, 236, 255, 224, 193])
        }
        #expect(Base64URL.decode("") == [])
        for text in ["A", "A b_", "A-z_4ME!", "ä"] { #expect(Base64URL.decode(text) == nil) }
    }

    @Test("a token is base64url and not too long")
    func token() {
        #expect(Base64URL.isToken("A-z_4ME", limit: 7))
        for text in ["", "A-z_4ME0", "a.b", "a/b", "a=", "a b", "ä"] { #expect(!Base64URL.isToken(text, limit: 7)) }
    }

    @Test("a thumbprint is made as RFC 7638 §3.1 makes one")
    func thumbprint() throws {
        // The RFC's own example is an RSA key; this is its hash input, and below is a key that can be used here.
        let input =
            #"{"e":"AQAB","kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuh"#
            + "DR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2Qvz"
            + "qY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRw"
            + #"r3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"}"#
        #expect(
            Base64URL.encode(SHA256.digest(of: Array(input.utf8))) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        )
        let key = try Self.exampleKey()
        #expect(key.publicKey.x == "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")
        #expect(key.publicKey.y == "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")
        #expect(key.publicKey.thumbprint == "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U")
        #expect(key.keyAuthorization(of: "token") == "token.oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U")
    }

    @Test("a binding to an account elsewhere is signed by HS256, as another implementation does")
    func binding() throws {
        let secret = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"
        let binding = try #require(ACMEAccountBinding(keyID: "kid-1", key: secret))
        let url = "https://acme.example/new-account"
        let signed = try JSONWebSignature.binding(of: Self.exampleKey().publicKey, to: url, by: binding)
        let header = "eyJhbGciOiJIUzI1NiIsImtpZCI6ImtpZC0xIiwidXJsIjoiaHR0cHM6Ly9hY21lLmV4YW1wbGUvbmV3LWFjY291bnQifQ"
        #expect(signed.protected == header)
        #expect(signed.signature == "9iF8Xz3B5Lrw_XCNIc8UFfhmN0nMTjkY5bCTKkN6yZQ")
        #expect(!"\(binding)\(String(reflecting: binding))".contains("zWND"))
        #expect(ACMEAccountBinding(keyID: "", key: secret) == nil && ACMEAccountBinding(keyID: "a", key: "") == nil)
        #expect(ACMEAccountBinding(keyID: "a", key: "no base64") == nil)
    }

    @Test("ES256 signs with r and s of 32 bytes each, as OpenSSL's program verifies", arguments: 0..<8)
    func signature(round: Int) throws {
        let key = try ACMEAccountKey()
        let signed = try JSONWebSignature.signed(
            Array("{}".utf8),
            to: "https://a.example/b",
            nonce: "nonce",
            by: key,
            account: round.isMultiple(of: 2) ? nil : "https://a.example/account"
        )
        let bytes = try #require(Base64URL.decode(signed.signature))
        #expect(bytes.count == 64)
        // DER: two INTEGERs, without leading zeros but for the sign.
        let integers = [bytes[..<32], bytes[32...]].flatMap { half -> [UInt8] in
            var number = Array(half.drop { $0 == 0 })
            if number.first.map({ $0 >= 0x80 }) ?? true { number.insert(0, at: 0) }
            return [2, UInt8(number.count)] + number
        }
        let directory = try TemporaryDirectory()
        let keyFile = try directory.write(key.pem(), to: "key")
        let publicKey = try OpenSSLTool.run("pkey", "-in", keyFile, "-pubout")
        let publicFile = try directory.write(publicKey, to: "public")
        let signatureFile = directory.file("signature")
        try directory.write([0x30, UInt8(integers.count)] + integers, to: "signature")
        let message = Array("\(signed.protected).\(signed.payload)".utf8)
        let verdict = try OpenSSLTool.run(
            ["dgst", "-sha256", "-verify", publicFile, "-signature", signatureFile],
            input: message
        )
        #expect(verdict.contains("Verified OK"))
        let header = String(decoding: try #require(Base64URL.decode(signed.protected)), as: UTF8.self)
        let known =
            round.isMultiple(of: 2) ? #""jwk":{"crv":"P-256","kty":"EC","x":"# : #""kid":"https://a.example/account""#
        #expect(header.contains(known) && header.contains(#""alg":"ES256""#))
        #expect(header.contains(#""jwk""#) != header.contains(#""kid""#))
        #expect(header.contains(#""nonce":"nonce""#) && header.contains(#""url":"https://a.example/b""#))
    }

    @Test("only a P-256 key is an account's")
    func otherKeys() throws {
        let rsa = try OpenSSLTool.run("genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024")
        let other = try OpenSSLTool.run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384")
        for pem in [rsa, other, "", "nonsense"] {
            #expect(throws: OpenSSLFailure.self) { try ACMEAccountKey(pem: pem) }
        }
    }

    @Test(
        "a signing request has no subject and one alternative name, and is signed by its key",
        arguments: [
            ("Derp.Example.com", "DNS:derp.example.com"), ("192.0.2.1", "IP Address:192.0.2.1"),
            ("2001:db8::1", "IP Address:2001:DB8:0:0:0:0:0:1"),
        ]
    )
    func request(host: String, name: String) throws {
        let der = try CertificateRequest.make(for: .parse(host), key: .p256())
        let text = try OpenSSLTool.run(["req", "-inform", "DER", "-noout", "-text", "-verify"], input: der)
        for line in ["verify OK", "Version: 1 (0x0)", "Subject: \n", "prime256v1", "                \(name)\n"] {
            #expect(text.contains(line), "\(line) in \(text)")
        }
    }

    @Test("the certificate for TLS-ALPN-01 holds the digest in a critical extension (RFC 8737 §3)")
    func validationCertificate() throws {
        let authorization = "token.thumbprint"
        let certificate = try ACMEValidationCertificate.make(for: .parse("a.example"), keyAuthorization: authorization)
        let text = try OpenSSLTool.run("x509", "-noout", "-text", input: Array(certificate.chainPEM.utf8))
        #expect(text.contains("1.3.6.1.5.5.7.1.31: critical"))
        #expect(text.contains("DNS:a.example"))
        let tree = try OpenSSLTool.run("asn1parse", input: Array(certificate.chainPEM.utf8))
        let digest = Hex.encode(SHA256.digest(of: Array(authorization.utf8))).uppercased()
        // The value is itself DER: OCTET STRING, 32 bytes, the digest.
        #expect(tree.contains("[HEX DUMP]:0420" + digest))
    }

    @Test(
        "a validator asks for an address by its reverse mapping (RFC 8738 §6)",
        arguments: [
            ("A.Example", "a.example"), ("192.0.2.34", "34.2.0.192.in-addr.arpa"),
            (
                "2001:db8::567:89ab",
                "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
            ),
        ]
    )
    func validationName(host: String, name: String) throws {
        #expect(try CertificateHost.parse(host).validationName == name)
    }
}
