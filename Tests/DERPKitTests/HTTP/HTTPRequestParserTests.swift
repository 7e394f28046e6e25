import DERPKit
import HTTPTypes
import Testing

@Suite("HTTP request heads (RFC 9112)")
struct HTTPRequestParserTests {
    @Test("A Go client's upgrade request is read whole")
    func goClient() throws {
        let head = try requestHead(
            "GET /derp HTTP/1.1",
            "Host: derp.example.com",
            "User-Agent: Go-http-client/1.1",
            "Connection: Upgrade",
            "Derp-Fast-Start: 1",
            "Upgrade: DERP"
        )
        #expect(head.method == .get)
        #expect(head.path == "/derp")
        #expect(head.query == nil)
        #expect(head.authority?.host == "derp.example.com")
        #expect(head.authority?.port == nil)
        #expect(head.minorVersion == 1)
        #expect(head.fields.count == 5)
        #expect(head.fields[.upgrade] == "DERP")
        #expect(!head.hasBody)
        #expect(head.wantsKeepAlive)
    }

    @Test("Bytes behind the head are left alone, and the parser is ready for the next request")
    func pipelined() {
        let first = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        let second = "HEAD /x HTTP/1.0\r\n\r\n"
        var parser = HTTPRequestParser()
        let bytes = Array((first + second + "\u{02}\u{00}frames").utf8)
        var rest = bytes[...]
        for (path, size) in [("/", first.utf8.count), ("/x", second.utf8.count)] {
            guard case .head(let head, let byteCount) = rest.withUnsafeBytes({ parser.parse($0) }) else {
                Issue.record("no head")
                return
            }
            #expect(head.path == path)
            #expect(byteCount == size)
            rest = rest.dropFirst(byteCount)
        }
    }

    @Test(
        "Before the end there is no verdict on a good request",
        arguments: ["GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n"]
    )
    func everyPrefixIsIncomplete(text: String) {
        for count in 0..<text.utf8.count {
            #expect(HTTPRequestParser.parse(Array(text.utf8.prefix(count))) == .incomplete)
        }
    }

    @Test("One empty line may come first")
    func emptyLine() {
        let text = "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"
        guard case .head(let head, let byteCount) = HTTPRequestParser.parse(text) else {
            Issue.record("no head")
            return
        }
        #expect(head.path == "/")
        #expect(byteCount == text.utf8.count)
        #expect(HTTPRequestParser.parse("\r\n\r\n") == .invalid(.notHTTP))
    }

    @Test("White space around a value is dropped, inside it is kept; an empty value is one")
    func fieldValues() throws {
        let head = try requestHead("GET / HTTP/1.1", "Host:a", "A: \t b  c \t ", "B:", "C:   ", "A: d")
        #expect(head.fields[values: .init("a")!] == ["b  c", "d"])
        #expect(head.fields[.init("B")!] == "")
        #expect(head.fields[.init("C")!] == "")
    }

    @Test(
        "The four forms of a target are distinguished",
        arguments: [
            ("GET /a?b?c HTTP/1.1", "/a", "b?c", "host"),
            ("GET /a? HTTP/1.1", "/a", "", "host"),
            ("GET /%64erp HTTP/1.1", "/%64erp", nil, "host"),
            ("GET http://other:81/a?b HTTP/1.1", "/a", "b", "other"),
            ("GET HTTPS://other HTTP/1.1", "/", nil, "other"),
            ("GET http://other?b HTTP/1.1", "/", "b", "other"),
            ("GET http://[::1]:80/ HTTP/1.1", "/", nil, "[::1]"),
            ("OPTIONS * HTTP/1.1", "*", nil, "host"),
            ("CONNECT other:443 HTTP/1.1", "", nil, "other"),
        ] as [(String, String, String?, String)]
    )
    func targets(line: String, path: String, query: String?, host: String) throws {
        let head = try requestHead(line, "Host: host")
        #expect(head.path == path)
        #expect(head.query == query)
        #expect(head.authority?.host == host)
    }

    @Test("HTTP/1.0 needs no Host; a minor version beyond 1 is read as 1.1")
    func versions() throws {
        #expect(try requestHead("GET / HTTP/1.0").minorVersion == 0)
        #expect(try requestHead("GET / HTTP/1.0").authority == nil)
        #expect(try requestHead("GET / HTTP/1.9", "Host: a").minorVersion == 1)
        #expect(try requestHead("GET / HTTP/1.1", "Host:").authority == nil)
    }

    @Test(
        "A connection persists as RFC 9112 §9.3 says, and never past a body",
        arguments: [
            ("HTTP/1.1", "A: b", true),
            ("HTTP/1.1", "Connection: close", false),
            ("HTTP/1.1", "Connection: Upgrade, CLOSE", false),
            ("HTTP/1.1", "Connection: Upgrade", true),
            ("HTTP/1.1", "Connection: closed", true),
            ("HTTP/1.0", "A: b", false),
            ("HTTP/1.0", "Connection: Keep-Alive", true),
            ("HTTP/1.0", "Connection: keep-alive, close", false),
            ("HTTP/1.1", "Content-Length: 0", true),
            ("HTTP/1.1", "Content-Length: 3", false),
            ("HTTP/1.1", "Transfer-Encoding: chunked", false),
        ]
    )
    func keepAlive(version: String, field: String, persists: Bool) throws {
        #expect(try requestHead("POST / \(version)", "Host: a", field).wantsKeepAlive == persists)
    }

    @Test(
        "A body is announced by Content-Length above zero, or by chunked",
        arguments: [
            ("Content-Length: 0", false), ("Content-Length: 000", false), ("Content-Length: 1", true),
            ("Content-Length: 99999999999999999999999999", true), ("Transfer-Encoding: Chunked", true), ("A: b", false),
        ]
    )
    func bodies(field: String, hasBody: Bool) throws {
        #expect(try requestHead("POST / HTTP/1.1", "Host: a", field).hasBody == hasBody)
    }

    @Test("What breaks the grammar is refused, each for its reason", arguments: Malformed.heads)
    func malformed(head: Malformed) {
        #expect(HTTPRequestParser.parse(head.text) == .invalid(head.error))
    }

    @Test(
        "Garbage is refused at the first byte that shows it, not at a timeout",
        arguments: [
            ([0x16], .tlsOnPlainPort), ([0x16, 0x03, 0x01], .tlsOnPlainPort), ([0x00], .notHTTP), ([0x80], .notHTTP),
            (Array(" ".utf8), .notHTTP), (Array("\n".utf8), .notHTTP), (Array("\r\r".utf8), .bareCarriageReturn),
            (Array("GET\0".utf8), .malformedRequestLine), (Array("SSH-2.0-x\r".utf8), .malformedRequestLine),
            (Array("GET  ".utf8), .malformedTarget), (Array("GET /\u{7f}".utf8), .malformedTarget),
            (Array("PRI * HTTP/2".utf8), .unsupportedVersion), (Array(repeating: 0x41, count: 33), .methodTooLong),
        ] as [([UInt8], HTTPParseError)]
    )
    func early(bytes: [UInt8], error: HTTPParseError) {
        #expect(HTTPRequestParser.parse(bytes) == .invalid(error))
    }

    @Test("A verdict of invalid stays, whatever comes next")
    func invalidStays() {
        var parser = HTTPRequestParser()
        let bytes = Array("G\u{1}".utf8)
        #expect(bytes.withUnsafeBytes { parser.parse($0) } == .invalid(.malformedRequestLine))
        let good = Array("GET / HTTP/1.0\r\n\r\n".utf8)
        #expect(good.withUnsafeBytes { parser.parse($0) } == .invalid(.malformedRequestLine))
        #expect(parser.parse(UnsafeRawBufferPointer(start: nil, count: 0)) == .invalid(.malformedRequestLine))
    }
}
