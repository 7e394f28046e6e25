import HTTPTypes
import DERPKit
import Testing

@Suite("HTTP request head limits")
struct HTTPLimitTests {
    private static let limit = HTTPRequestParser.maxHeadByteCount

    /// A good head of exactly `byteCount` bytes.
    private static func head(byteCount: Int) -> [UInt8] {
        let start = Array("GET / HTTP/1.1\r\nHost: a\r\nPad: ".utf8)
        let end = Array("\r\n\r\n".utf8)
        return start + Array(repeating: UInt8(ascii: "x"), count: byteCount - start.count - end.count) + end
    }

    @Test("A head of 16 KiB is taken, whatever follows it; one byte more is not")
    func headSize() throws {
        #expect(Self.limit == 16 * 1024)
        for tail in [[], Array("more".utf8)] as [[UInt8]] {
            guard
                case .head(_, byteCount: Self.limit) = HTTPRequestParser.parse(Self.head(byteCount: Self.limit) + tail)
            else {
                Issue.record("a head at the limit is refused")
                return
            }
        }
        #expect(HTTPRequestParser.parse(Self.head(byteCount: Self.limit + 1)) == .invalid(.headTooLarge))
    }

    @Test(
        "A head that never ends is refused as soon as 16 KiB are there",
        arguments: [
            "GET / HTTP/1.1\r\nHost: a\r\nPad: ", "GET /", "GET / HTTP/1.1\r\nPad",
        ]
    )
    func endless(start: String) {
        let bytes = Array(start.utf8) + Array(repeating: UInt8(ascii: "x"), count: Self.limit - start.utf8.count)
        #expect(HTTPRequestParser.parse(Array(bytes.dropLast())) == .incomplete)
        #expect(HTTPRequestParser.parse(bytes) == .invalid(.headTooLarge))
        #expect(HTTPRequestParser.parse(bytes + bytes) == .invalid(.headTooLarge))
    }

    @Test("100 header fields are taken, 101 are not")
    func fieldCount() throws {
        func text(_ count: Int) -> String {
            "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "A: b\r\n", count: count - 1) + "\r\n"
        }
        guard case .head(let head, _) = HTTPRequestParser.parse(text(100)) else {
            Issue.record("100 fields are refused")
            return
        }
        #expect(head.fields.count == 100)
        #expect(HTTPRequestParser.parse(text(101)) == .invalid(.tooManyFields))
    }

    @Test("A method of 32 characters is taken")
    func methodSize() throws {
        let method = String(repeating: "M", count: 32)
        #expect(try requestHead("\(method) / HTTP/1.1", "Host: a").method.rawValue == method)
    }

    @Test("However bytes dribble in, none is looked at twice before the end")
    func dribble() {
        // What was looked at is turned to garbage: a second look would refuse it as such.
        var bytes = Self.head(byteCount: Self.limit + 1)
        var parser = HTTPRequestParser()
        for count in 1..<Self.limit {
            #expect(bytes.withUnsafeBytes { parser.parse(.init(rebasing: $0[..<count])) } == .incomplete)
            bytes[count - 1] = 0
        }
        #expect(bytes.withUnsafeBytes { parser.parse($0) } == .invalid(.headTooLarge))
    }
}
