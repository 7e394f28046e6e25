import Testing

@testable import DERPKit

@Suite("Mesh keys")
struct MeshKeyTests {
    private static let text = String(repeating: "0123456789abcdef", count: 4)

    @Test("are 64 digits, with white space around them")
    func reading() throws {
        let key = try #require(MeshKey(text: Self.text))
        #expect(key.secretText == Self.text)
        #expect(MeshKey(text: " \t\r\n\(Self.text)\n\n") == key)
        #expect(MeshKey(text: Self.text.uppercased()) == key)
        #expect(MeshKey(text: "1" + Self.text.dropFirst()) != key)
    }

    @Test(
        "are nothing else",
        arguments: [
            "", " ", text + "0", String(text.dropLast()), text.replacing("a", with: "g"), text + "\n" + text,
            text.prefix(32) + " " + text.suffix(32), "0x" + text.dropFirst(2), String(repeating: "0", count: 64),
        ]
    )
    func refused(text: String) {
        #expect(MeshKey(text: text) == nil)
    }

    @Test("are never printed")
    func secrecy() throws {
        let key = try #require(MeshKey(text: Self.text))
        var info = ClientInfo()
        info.meshKey = key
        var dumped = ""
        dump(info, to: &dumped)
        for shown in ["\(key)", String(reflecting: key), "\(info)", String(reflecting: info), dumped] {
            #expect(!shown.contains("0123456789abcdef"), "\(shown.count)")
        }
    }
}
