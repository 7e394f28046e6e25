import DERPKit
import FoundationEssentials
import Testing

@Suite("Node keys as text")
struct NodePublicKeyTextTests {
    private static let hex = String(repeating: "0a", count: 31) + "ff"
    private static let key = NodePublicKey(text: hex)

    @Test("a key is its text in JSON, also as an object's key")
    func json() throws {
        let key = try #require(Self.key)
        let encoder = JSONEncoder()
        #expect(String(decoding: try encoder.encode([key]), as: UTF8.self) == #"["nodekey:\#(Self.hex)"]"#)
        let rates = try encoder.encode([key: 5])
        #expect(String(decoding: rates, as: UTF8.self) == #"{"nodekey:\#(Self.hex)":5}"#)
        #expect(try JSONDecoder().decode([NodePublicKey: Int].self, from: rates) == [key: 5])
    }

    @Test("a key is read with and without its prefix", arguments: ["nodekey:\(hex)", hex])
    func decoding(text: String) throws {
        #expect(try JSONDecoder().decode([NodePublicKey].self, from: Data(#"["\#(text)"]"#.utf8)) == [Self.key])
        #expect(NodePublicKey(text) == Self.key)
    }

    @Test("what is no key is refused", arguments: ["", "nodekey:", "privkey:\(hex)", "\(hex)0", "nodekey:\(hex) "])
    func malformed(text: String) {
        #expect(NodePublicKey(text) == nil)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([NodePublicKey].self, from: Data(#"["\#(text)"]"#.utf8))
        }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([NodePublicKey: Int].self, from: Data(#"{"\#(text)":5}"#.utf8))
        }
    }

    @Test("a key's description leads back to it")
    func lossless() throws {
        let key = NodePrivateKey().publicKey
        #expect(NodePublicKey(key.description) == key)
        #expect(NodePublicKey("\(key)") == key)
    }
}
