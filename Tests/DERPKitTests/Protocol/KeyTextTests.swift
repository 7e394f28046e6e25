import Testing

@testable import DERPKit

@Suite("Keys and their text forms")
struct KeyTextTests {
    private static let bytes = (0..<32).map { UInt8($0) }
    private static let hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

    @Test("hex is written in lower case, read in either, and nothing else is hex")
    func hex() {
        #expect(Hex.encode([0x00, 0x9f, 0xaf, 0xff]) == "009fafff")
        #expect(Hex.decode("009FafFf") == [0x00, 0x9f, 0xaf, 0xff])
        #expect(Hex.decode("") == [])
        for text in ["0", "0g", "0x00", " 00", "00 ", "+1", "-1", "٠٠", "００", "0\u{0301}0"] {
            #expect(Hex.decode(text) == nil, "\(text)")
        }
    }

    @Test("a public key is 32 bytes, or 64 digits with or without its prefix")
    func publicKey() throws {
        let key = try #require(NodePublicKey(Self.bytes))
        #expect(key.bytes == Self.bytes)
        #expect(key.hex == Self.hex)
        #expect("\(key)" == "nodekey:" + Self.hex)
        #expect(NodePublicKey(text: "nodekey:" + Self.hex) == key)
        #expect(NodePublicKey(text: Self.hex) == key)
        for text in ["", "nodekey:", "privkey:" + Self.hex, "nodekey:" + Self.hex.dropLast(2), Self.hex + "00"] {
            #expect(NodePublicKey(text: text) == nil, "\(text)")
        }
        #expect(NodePublicKey(Self.bytes.dropLast()) == nil)
        #expect(NodePublicKey(Self.bytes + [0]) == nil)
        #expect(NodePublicKey([]) == nil)
    }

    @Test("keys that differ in any one bit differ")
    func equality() throws {
        let key = try #require(NodePublicKey(Self.bytes))
        for bit in 0..<256 {
            var bytes = Self.bytes
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(NodePublicKey(bytes) != key)
        }
        #expect(!key.isZero)
        #expect(NodePublicKey([UInt8](repeating: 0, count: 32))?.isZero == true)
        #expect(NodePublicKey([UInt8](repeating: 0, count: 31) + [1])?.isZero == false)
    }

    @Test("a private key has the public key that OpenSSL computes")
    func publicHalf() {
        let publicHex = "8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f"
        #expect(NodePrivateKey(bytes: Self.bytes)?.publicKey.hex == publicHex)
    }

    @Test("a private key is read from its text form only, and never shows itself")
    func privateKey() throws {
        let key = try #require(NodePrivateKey(bytes: Self.bytes))
        #expect(key.secretText == "privkey:" + Self.hex)
        #expect(NodePrivateKey(text: key.secretText)?.secretText == key.secretText)
        for text in [
            "", Self.hex, "nodekey:" + Self.hex, "privkey:" + Self.hex.dropLast(), "privkey:" + Self.hex + "00",
        ] {
            #expect(NodePrivateKey(text: text) == nil, "\(text)")
        }
        #expect(NodePrivateKey(bytes: [UInt8](repeating: 0, count: 32)) == nil)
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped, "\(Optional(key) as Any)", "\([key])"] {
            #expect(!text.contains("0102"), "\(text)")
            #expect(!text.contains("1, 2"), "\(text)")
        }
    }

    @Test("fresh keys differ, and are clamped (RFC 7748 §5)")
    func fresh() {
        let keys = (0..<20).map { _ in NodePrivateKey() }
        #expect(Set(keys.map(\.publicKey)).count == 20)
        for key in keys {
            #expect(key.bytes[0] & 7 == 0)
            #expect(key.bytes[31] & 0xc0 == 0x40)
        }
    }
}
