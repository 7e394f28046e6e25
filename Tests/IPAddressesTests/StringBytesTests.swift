import Testing

@testable import IPAddresses

@Suite("Text by its bytes")
struct StringBytesTests {
    @Test("a separator separates, whatever stands beside it")
    func parts() {
        let strange = "\u{600},b,\u{301}c\r\n,\u{1f468}\u{200d}\u{1f469}"
        #expect(strange.parts(at: ",").map { Array($0.utf8) } == strange.utf8.split(separator: 0x2c).map { Array($0) })
        #expect("a,b,,c".parts(at: ",") == ["a", "b", "", "c"])
        #expect("".parts(at: ",") == [""])
        #expect(",".parts(at: ",") == ["", ""])
        #expect("a=b=c".parts(at: "=", atMost: 2) == ["a", "b=c"])
        #expect("a=b".parts(at: "=", atMost: 1) == ["a=b"])
        #expect("x\r\ny\r\n".parts(at: "\n") == ["x\r", "y\r", ""])
    }

    @Test("a beginning, an end and what is beyond them")
    func ends() {
        let text = "https://\u{301}a.example\r\n"
        #expect(text.begins(with: "https://") && text.ends(with: "\n") && !text.begins(with: "HTTPS"))
        #expect(text.rest(after: "https://").map { Array($0.utf8) } == Array("\u{301}a.example\r\n".utf8))
        #expect(text.rest(before: "\n")?.utf8.last == 0x0d)
        #expect("ab".rest(after: "b") == nil && "ab".rest(before: "a") == nil)
        #expect("".begins(with: "") && "".ends(with: "") && !"".begins(with: "a"))
        #expect("[::1]".bracketed == "::1" && "[".bracketed == nil && "[]".bracketed == "" && "a]".bracketed == nil)
        #expect("[\u{301}::1]".bracketed.map { Array($0.utf8) } == Array("\u{301}::1".utf8))
    }

    @Test("places")
    func places() throws {
        let text = "a\u{600}:b:\u{301}c"
        let first = try #require(text.position(of: ":"))
        #expect(text.rest(behind: first).utf8.elementsEqual("b:\u{301}c".utf8))
        let last = try #require(text.lastPosition(of: ":"))
        #expect(text.rest(behind: last).utf8.elementsEqual("\u{301}c".utf8))
        #expect(text.position(of: "x") == nil && text.lastPosition(of: "x") == nil)
        #expect("/a?\u{301}b#c".before("?", "#") == "/a" && "abc".before("?") == "abc")
        #expect("a\u{301}bc".holds("bc") && !"ab".holds("abc") && "".holds("") && "xax".holds("a") && !"".holds("a"))
    }

    @Test("what only looks alike is something else")
    func likeness() {
        #expect("\u{e9}" == "e\u{301}" && !"\u{e9}".equals("e\u{301}"))
        #expect("chun\u{212a}ed".lowercased() == "chunked" && !"chun\u{212a}ed".lowercasedASCII.equals("chunked"))
        #expect("AZaz[@\u{c4}".lowercasedASCII == "azaz[@\u{c4}" && "azAZ{`\u{e4}".uppercasedASCII == "AZAZ{`\u{e4}")
        #expect("a_b-c".replacing("_", by: "-") == "a-b-c")
    }

    @Test("blanks at the ends, and no others")
    func trimming() {
        #expect(
            " \t a b\t".trimmed == "a b" && "   ".trimmed == "" && "".trimmed == "" && "\u{a0}x".trimmed == "\u{a0}x"
        )
        #expect(" \u{301}x ".trimmed.utf8.elementsEqual("\u{301}x".utf8))
    }
}
