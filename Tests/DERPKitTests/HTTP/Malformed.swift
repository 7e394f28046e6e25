import DERPKit
import Testing

/// A request head that must be refused, and why.
struct Malformed: Sendable, CustomTestStringConvertible {
    let text: String
    let error: HTTPParseError

    init(_ text: String, _ error: HTTPParseError) {
        self.text = text
        self.error = error
    }

    var testDescription: String { String(self.text.debugDescription.prefix(80)) }

    /// A head of good request line and Host with `line` in it.
    private static func field(_ line: String, _ error: HTTPParseError) -> Self {
        Self("GET / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n", error)
    }

    private static func target(_ text: String, _ error: HTTPParseError = .malformedTarget) -> Self {
        Self("GET \(text) HTTP/1.1\r\nHost: a\r\n\r\n", error)
    }

    private static func host(_ text: String) -> Self {
        Self("GET / HTTP/1.1\r\nHost: \(text)\r\n\r\n", .malformedHost)
    }

    static let heads = Self.requestLines + Self.targets + Self.fields + Self.hosts + Self.bodies

    private static let requestLines = [
        Self("GET /\r\n\r\n", .malformedTarget),
        Self("GET / \r\n\r\n", .malformedRequestLine),
        Self("GET / HTTP/1.1 \r\n\r\n", .malformedRequestLine),
        Self("GET / http/1.1\r\n\r\n", .malformedRequestLine),
        Self("GET / HTTP/1\r\n\r\n", .malformedRequestLine),
        Self("GET / HTTP/1.11\r\n\r\n", .malformedRequestLine),
        Self("GET / HTTP/x.1\r\n\r\n", .malformedRequestLine),
        Self("GET / HTTP/0.9\r\n\r\n", .unsupportedVersion),
        Self("GET / HTTP/2.0\r\n\r\n", .unsupportedVersion),
        Self("GET  / HTTP/1.1\r\n\r\n", .malformedTarget),
        Self("GET\t/ HTTP/1.1\r\n\r\n", .malformedRequestLine),
        Self("G(T / HTTP/1.1\r\n\r\n", .malformedRequestLine),
        Self("(GET / HTTP/1.1\r\n\r\n", .notHTTP),
        Self("G\u{e9}T / HTTP/1.1\r\n\r\n", .malformedRequestLine),
        Self(": x\r\n\r\n", .notHTTP),
        Self("GET / HTTP/1.1\nHost: a\n\n", .bareLineFeed),
        Self("GET\n", .bareLineFeed),
        Self("GET / HTTP/1.1\rHost: a\r\n\r\n", .bareCarriageReturn),
        Self(String(repeating: "M", count: 33) + " / HTTP/1.1\r\n\r\n", .methodTooLong),
    ]

    private static let targets = [
        Self.target("*"),
        Self.target("x"),
        Self.target("host:80"),
        Self.target("ftp://host/"),
        Self.target("http:/host/"),
        Self.target("http:///"),
        Self.target("http://user@host/"),
        Self.target("http://ho%20st/"),
        Self.target("/a#b"),
        Self.target("/a\"b"),
        Self.target("/<a>"),
        Self.target("/\u{e9}"),
        Self.target("/a\0b"),
        Self.target("/a\tb"),
        Self.target("/a b", .malformedRequestLine),
        Self("CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        Self("CONNECT host HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
    ]

    private static let fields = [
        Self.field("A : b", .malformedField),
        Self.field("A\t: b", .malformedField),
        Self.field(": b", .malformedField),
        Self.field("A", .malformedField),
        Self.field("A b: c", .malformedField),
        Self.field("A(: c", .malformedField),
        Self.field("\u{e9}: c", .malformedField),
        Self.field("A: b\0c", .malformedField),
        Self.field("A: b\u{7f}c", .malformedField),
        Self.field("A: b\u{1b}[1m", .malformedField),
        Self.field("A: b\r\n c", .foldedField),
        Self.field("A: b\r\n\tc", .foldedField),
        Self.field("A: b\nC: d", .bareLineFeed),
        Self.field("A\nC: d", .bareLineFeed),
        Self.field("A: b\n", .bareLineFeed),
        Self.field("A: b\rC: d", .bareCarriageReturn),
        Self.field("A: b\r\n\rX", .bareCarriageReturn),
        Self("GET / HTTP/1.1\r\n Host: a\r\n\r\n", .foldedField),
        Self("GET / HTTP/1.1\r\nHost: a\r\n\n", .bareLineFeed),
    ]

    private static let hosts = [
        Self("GET / HTTP/1.1\r\nA: b\r\n\r\n", .missingHost),
        Self("GET http://host/ HTTP/1.1\r\nA: b\r\n\r\n", .missingHost),
        Self("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", .repeatedHost),
        Self("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", .repeatedHost),
        Self.host("a, b"),
        Self.host("a b"),
        Self.host("a/b"),
        Self.host("u@a"),
        Self.host("a?b"),
        Self.host("a<b>"),
        Self.host("a:b"),
        Self.host("a:65536"),
        Self.host("a:1:2"),
        Self.host(":80"),
        Self.host("."),
        Self.host("a..b"),
        Self.host(".a"),
        Self.host("::1"),
        Self.host("[::1"),
        Self.host("[::1]a"),
        Self.host("[fe80::1%25eth0]"),
        Self.host("[127.0.0.1]"),
        Self.host("h\u{e9}"),
        Self.host(String(repeating: "a", count: 64)),
        Self.host(Array(repeating: "abc", count: 65).joined(separator: ".")),
    ]

    private static let bodies = [
        Self.field("Content-Length: -1", .ambiguousBody),
        Self.field("Content-Length: +1", .ambiguousBody),
        Self.field("Content-Length: 0x1", .ambiguousBody),
        Self.field("Content-Length: 1 1", .ambiguousBody),
        Self.field("Content-Length: 1, 1", .ambiguousBody),
        Self.field("Content-Length: \u{661}", .ambiguousBody),
        Self.field("Content-Length:", .ambiguousBody),
        Self.field("Content-Length: 0\r\nContent-Length: 0", .ambiguousBody),
        Self.field("Content-Length: 5\r\nTransfer-Encoding: chunked", .ambiguousBody),
        Self("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .ambiguousBody),
        Self.field("Transfer-Encoding: gzip", .unsupportedTransferCoding),
        Self.field("Transfer-Encoding: gzip, chunked", .unsupportedTransferCoding),
        Self.field("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .unsupportedTransferCoding),
        Self.field("Transfer-Encoding: identity", .unsupportedTransferCoding),
        Self.field("Transfer-Encoding:", .unsupportedTransferCoding),
        Self.field("Transfer-Encoding: \u{b}chunked", .malformedField),
    ]
}
