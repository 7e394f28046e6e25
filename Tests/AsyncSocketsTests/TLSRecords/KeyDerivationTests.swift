import CAsyncSockets
import CDERPOpenSSL
import Testing

@testable import AsyncSockets

/// How keys follow from secrets.
@Suite struct KeyDerivationTests {
    struct HKDFVector: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// The number of a cipher suite with this hash.
        let suite: UInt16
        let key: String
        let info: String
        /// What comes out, or the beginning of it.
        let output: String
    }

    private static let hkdfVectors = [
        HKDFVector(
            testDescription: "RFC 5869 A.1",
            suite: 0x1301,
            key: "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
            info: "f0f1f2f3f4f5f6f7f8f9",
            output: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
        ),
        HKDFVector(
            testDescription: "RFC 5869 A.2",
            suite: 0x1301,
            key: "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
            info: """
                b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7
                d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff
                """,
            output: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
        ),
        HKDFVector(
            testDescription: "RFC 5869 A.3",
            suite: 0x1301,
            key: "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
            info: "",
            output: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
        ),
    ]

    /// SHA-384, which RFC 5869 doesn't have: Project Wycheproof, which starts from keying material and salt.
    private static let sha384Vectors = [
        (
            material: """
            85ba55d5efee8d65e66197a87baea00f10d589670aa73e923cf71c8424bf2149c88366e5b4967586c198e8e540c85940
            """,
            salt: "329975ce0abab183674171fe82098db2b5b5e594160e7f5e94c9c69fcf9a16ff7193a45f572fe7a08eaf2122012abe40",
            info: "ff957fdd4c71518f",
            output: "ae4b400a00bedbbafce33fc4e56a57146ed8c64ae9723d355799232b15d9be71728546d215d8b0e7378a1740a9ef9f3c"
        ),
        (
            material: """
            b77c1b4a865339d78c8e3ed7454ac6823b678d81126ce613c9e82ffab9e38ea88328d9eab8e88b409c1cedba7a74e8d7
            """,
            salt: "",
            info: "6a5253cb802bf83c3b3941aabc08d524beedf003",
            output: "e376973755ee66c610613b236f3e1f999ed724d5651c79fdbd0389180be39cda"
        ),
    ]

    private func expand(_ suite: UInt16, _ key: [UInt8], info: [UInt8], count: Int) throws -> [UInt8]? {
        let suite = try #require(TLSCipherSuite(number: suite))
        try #require(key.count == suite.secretSize)
        var output = [UInt8](repeating: 0, count: count)
        return cas_hkdf_expand(suite.hash, key, info, info.count, &output, count) == 1 ? output : nil
    }

    @Test("HKDF-Expand gives the first block", arguments: hkdfVectors)
    func hkdf(_ vector: HKDFVector) throws {
        let (key, info, expected) = (bytes(hex: vector.key), bytes(hex: vector.info), bytes(hex: vector.output))
        for count in 1...expected.count {
            let output = try self.expand(vector.suite, key, info: info, count: count)
            #expect(output == Array(expected.prefix(count)))
        }
        #expect(try self.expand(vector.suite, key, info: info, count: expected.count + 1) == nil)
    }

    @Test("So it does with SHA-384", arguments: sha384Vectors)
    func hkdf384(material: String, salt: String, info: String, output: String) throws {
        let (material, salt) = (bytes(hex: material), bytes(hex: salt))
        // HKDF-Extract (RFC 5869 §2.2), which the handshake does, not the record layer.
        var key = [UInt8](repeating: 0, count: Int(CAS_LARGEST_SECRET))
        let salted = salt.isEmpty ? [UInt8](repeating: 0, count: key.count) : salt
        #expect(HMAC(EVP_sha384(), salted, Int32(salted.count), material, material.count, &key, nil) != nil)
        let expected = bytes(hex: output)
        #expect(try self.expand(0x1302, key, info: bytes(hex: info), count: expected.count) == expected)
    }

    @Test("An info that is too long is refused")
    func longInfo() throws {
        let key = [UInt8](repeating: 1, count: 32)
        let longest = [UInt8](repeating: 2, count: Int(CAS_LARGEST_INFO))
        #expect(try self.expand(0x1301, key, info: longest, count: 32) != nil)
        #expect(try self.expand(0x1301, key, info: longest + [2], count: 32) == nil)
    }

    @Test(
        "HKDF-Expand-Label gives what RFC 9001 A.5 says, with QUIC's labels",
        arguments: [
            ("quic key", "c6d98ff3441c3fe1b2182094f69caa2ed4b716b65488960a7a984979fb23e1c8"),
            ("quic iv", "e0459b3474bdd0e44a41c144"),
            ("quic hp", "25a282b9e82f06f21f488917a4fc8f1b73573685608597d0efcb076b0ab7a7a4"),
            ("quic ku", "1223504755036d556342ee9361d253421a826c9ecdf3c7148684b36b714881f9"),
        ]
    )
    func quic(label: String, expected: String) throws {
        let secret = bytes(hex: "9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b")
        let suite = try #require(TLSCipherSuite(number: 0x1303))
        let expected = bytes(hex: expected)
        var output = [UInt8](repeating: 0, count: expected.count)
        #expect(cas_hkdf_expand_label(suite.hash, secret, label, &output, output.count) == 1)
        #expect(output == expected)
    }

    struct Generation: CustomTestStringConvertible, Sendable {
        let suite: UInt16
        let secret: String
        let key: String
        let iv: String

        var testDescription: String { String(self.suite, radix: 16) }
    }

    /// Two generations of keys for each suite, as another implementation (google/s2a-go) derives them: RFC 8448 has
    /// neither SHA-384 nor a KeyUpdate.
    private static let updates: [(Generation, Generation)] = [
        (
            Generation(
                suite: 0x1301,
                secret: "6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b",
                key: "c3ae7509cfced2b803a6186956cda79f",
                iv: "b5803d82ad8854d2e598187f"
            ),
            Generation(
                suite: 0x1301,
                secret: "f38b9455ea5871235a69fc37610c6ca1215779e66b45a047d7390111e00081c4",
                key: "07dfdfca2fc3f015b6e51e579679b503",
                iv: "79fdebc61b5fb9d9a34d9406"
            )
        ),
        (
            Generation(
                suite: 0x1302,
                secret: """
                    6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b
                    """,
                key: "dac731ae4866677ed2f65c490e18817be5cbbbd03f597ad59041c117b731109a",
                iv: "4db152d27d180b1ee48fa89d"
            ),
            Generation(
                suite: 0x1302,
                secret: """
                    016c835db664beb5526a9bb3d9a4fba63e67255dcfa460a114d9f1ef9a9a1f685a518739f557d0e66fdb89bdafa26257
                    """,
                key: "4ee0f141c9a497a1db6f1ee0995248e804406fe39f35bcdff9f386048108bef1",
                iv: "90f241fbc9f9f55100168d8b"
            )
        ),
        (
            Generation(
                suite: 0x1303,
                secret: "6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b",
                key: "130e2000508ace00ef265e172d09892e467256cb90dad9de99543cf548be6a8b",
                iv: "b5803d82ad8854d2e598187f"
            ),
            Generation(
                suite: 0x1303,
                secret: "f38b9455ea5871235a69fc37610c6ca1215779e66b45a047d7390111e00081c4",
                key: "18b61f93ee2d927d2f478f2220409738affb0092602d0812c96b965323e30878",
                iv: "79fdebc61b5fb9d9a34d9406"
            )
        ),
    ]

    /// The record of "hello" with this number, sealed with nothing but the AEAD (RFC 8446 §5.3).
    private func record(_ number: UInt64, _ keys: Generation) throws -> [UInt8] {
        let suite = try #require(TLSCipherSuite(number: keys.suite))
        let context = try #require(cas_aead_new(suite.cipher, bytes(hex: keys.key), 1))
        defer { EVP_CIPHER_CTX_free(context) }
        var nonce = bytes(hex: keys.iv)
        for index in 0..<8 { nonce[11 - index] ^= UInt8(truncatingIfNeeded: number >> (8 * index)) }
        let header: [UInt8] = [23, 3, 3, 0, 22]
        var body = [UInt8](repeating: 0, count: 22)
        #expect(cas_aead_seal(context, nonce, header, 5, Array("hello".utf8), 5, 23, &body) == 1)
        return header + body
    }

    @Test(
        "Records are sealed with the key, the IV and their number, and with the next ones after an update",
        arguments: updates
    )
    func update(_ first: Generation, _ second: Generation) throws {
        let suite = try #require(TLSCipherSuite(number: first.suite))
        let writing = try #require(TrafficKeys(suite: suite, secret: bytes(hex: first.secret), encrypts: true))
        let reading = try #require(TrafficKeys(suite: suite, secret: bytes(hex: first.secret), encrypts: false))
        // Numbers of one byte, of two and of three.
        for (keys, last) in [(first, UInt64(65_537)), (second, 257)] {
            for number in 0...last {
                let record = try #require(writing.seal(Array("hello".utf8), type: 23))
                if number <= 257 { #expect(reading.open(record) == Array("hello".utf8) + [23]) }
                guard [0, 1, 255, 256, 257, 65_535, 65_536, 65_537].contains(number) else { continue }
                #expect(try record == self.record(number, keys), "record \(number)")
            }
            #expect(writing.update() && reading.update())
        }
        #expect(TrafficKeys(suite: suite, secret: bytes(hex: first.secret).dropLast(), encrypts: true) == nil)
    }
}
