import IPAddresses
import Testing

@testable import DERPKit

@Suite("What admission controllers are asked, and answer")
struct AdmissionMessageTests {
    private let digits = String(repeating: "1a", count: 32)

    @Test("a question is what the reference asks, byte for byte")
    func question() throws {
        let key = try #require(NodePublicKey(text: self.digits))
        for (source, text) in [(IPAddress(ipv4: 0xc000_0201), "192.0.2.1"), (.loopbackIPv6, "::1")] {
            let question = AdmissionMessage.question(AdmissionRequest(key: key, source: source))
            let expected = #"{"NodePublic":"nodekey:\#(self.digits)","Source":"\#(text)"}"#
            #expect(String(decoding: question, as: UTF8.self) == expected)
            #expect(AdmissionMessage.key(inQuestion: question) == key)
        }
    }

    @Test("a question needs a node key, and nothing else")
    func questions() {
        let texts = [#"{"nodepublic":"nodekey:KEY"}"#, #" {"Source":null,"x":[1],"NodePublic":"nodekey:KEY"} "#]
        for text in texts.map({ $0.replacing("KEY", with: self.digits) }) {
            #expect(AdmissionMessage.key(inQuestion: Array(text.utf8))?.hex == self.digits)
        }
        let zero = String(repeating: "00", count: 32)
        let wrong = [
            "", "null", "[]", "{}", #"{"NodePublic":5}"#, #"{"NodePublic":"KEY"}"#, #"{"NodePublic":"privkey:KEY"}"#,
            #"{"NodePublic":"nodekey:KEYa"}"#, #"{"NodePublic":"nodekey:\#(zero)"}"#,
            #"{"NodePublic":"nodekey:KEY"}{}"#, #"{"NodePublic":"nodekey:KEY""#,
            #"{"NodePublic":"nodekey:KEY","x":"\#(String(repeating: "x", count: 4096))"}"#,
        ]
        for text in wrong.map({ $0.replacing("KEY", with: self.digits) }) {
            #expect(AdmissionMessage.key(inQuestion: Array(text.utf8)) == nil, "\(text.prefix(100))")
        }
    }

    @Test("only an answer that says so admits")
    func answers() {
        #expect(AdmissionMessage.answer(isAllowed: true) == Array(#"{"Allow":true}"#.utf8))
        #expect(AdmissionMessage.answer(isAllowed: false) == Array(#"{"Allow":false}"#.utf8))
        let answers: [(String, Bool?)] = [
            (#"{"Allow":true}"#, true), (#"{"allow":true,"later":{}}"# + "\n", true), (#"{"Allow":false}"#, false),
            ("{}", false), (#"{"Allow":null}"#, false), ("", nil), ("true", nil), (#"{"Allow":"true"}"#, nil),
            (#"{"Allow":1}"#, nil), (#"{"Allow":true"#, nil),
        ]
        for (text, expected) in answers {
            #expect(AdmissionMessage.isAllowed(byAnswer: Array(text.utf8)) == expected, "\(text)")
        }
    }
}
