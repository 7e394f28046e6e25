import Testing

@testable import DERPKit

@Suite("Lists of node keys")
struct KeyListTests {
    private let first = String(repeating: "1a", count: 32)
    private let second = String(repeating: "B2", count: 32)

    @Test("a key a line, with comments, blank lines, white space and line ends of either kind")
    func reading() throws {
        let list = try KeyList(
            "# people\n\nnodekey:\(self.first)\r\n  \t nodekey:\(self.second) # Bob's phone\n\t\n#nodekey:nobody"
        )
        #expect(list.keys.map(\.hex).sorted() == [self.first, self.second.lowercased()])
        #expect(try KeyList("").keys.isEmpty)
    }

    @Test(
        "anything else is refused with its line, which isn't shown",
        arguments: [
            "x", "nodekey:", "nodekey:12", "privkey:" + String(repeating: "1a", count: 32),
            String(repeating: "1a", count: 32), "nodekey:" + String(repeating: "1g", count: 32),
            "nodekey:" + String(repeating: "1a", count: 33), "nodekey:" + String(repeating: "00", count: 32),
            "nodekey:\(String(repeating: "1a", count: 32)) nodekey:\(String(repeating: "1a", count: 32))",
        ]
    )
    func refusing(line: String) throws {
        let error = #expect(throws: KeyList.Problem.self) {
            try KeyList("# one\nnodekey:\(self.first)\n\(line)\nnodekey:\(self.second)")
        }
        #expect(error?.description == "line 3: not nodekey: and 64 hexadecimal digits")
    }
}
