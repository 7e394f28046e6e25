import HTTPTypes
import Testing

@testable import DERPKit

@Suite("HTTP responses")
struct HTTPResponseReaderTests {
    /// Reads `text` in pieces of `size` bytes, and then the end of the connection.
    private static func read(
        _ text: String,
        to method: HTTPRequest.Method = .get,
        pieces size: Int = 1 << 20,
        limit: Int = 100
    ) throws(DERPError) -> HTTPClient.Response {
        var reader = HTTPResponseReader(answerTo: method, bodyLimit: limit)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty, !reader.isComplete {
            try reader.take(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        try reader.end()
        return reader.response
    }

    @Test(
        "every way to end a body, however the bytes are split (RFC 9112 §6.3)",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more", "hello"),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nT: u\r\n\r\n",
                "hello"
            ),
            ("HTTP/1.0 200\r\n\r\nhello", "hello"),
            ("HTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length:5\r\n\r\nhello", "hello"),
            ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", ""),
            ("HTTP/1.1 204 No\r\n\r\n", ""),
            ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
        ],
        [1, 3, 1 << 20]
    )
    func bodies(response: (String, String), size: Int) throws {
        let read = try Self.read(response.0, pieces: size)
        #expect(String(decoding: read.body, as: UTF8.self) == response.1)
    }

    @Test("an answer to HEAD has no body, whatever its length says")
    func head() throws {
        let read = try Self.read("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nETag: \"x\"\r\n\r\n", to: .head)
        #expect(read.fields[.eTag] == "\"x\"")
        #expect(read.body.isEmpty)
    }

    @Test("fields of an interim answer are not the answer's")
    func interim() throws {
        let read = try Self.read("HTTP/1.1 100 C\r\nContent-Length: 9\r\n\r\nHTTP/1.1 204 No\r\n\r\n")
        #expect(read.status == 204)
        #expect(read.fields.isEmpty)
    }

    @Test(
        "what could be understood in two ways, or is no HTTP, is refused",
        arguments: [
            "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 600 OK\r\n\r\n",
            "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 OK\r\n folded\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", "HTTP/1.1 200 OK\r\nnothing\r\n\r\n", "HTTP/1.1 101 Up\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx", "HTTP/1.1 200 OK\r\nContent-Length: 1,1\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "SSH-2.0-OpenSSH\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        ]
    )
    func malformed(text: String) {
        let error = #expect(throws: DERPError.self) { try Self.read(text) }
        #expect(error?.code == .protocolViolation)
    }

    @Test(
        "a body over the limit is refused, however it is announced",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n" + String(repeating: "x", count: 100)
                + "\r\n1\r\n",
            "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 101),
        ]
    )
    func tooLarge(text: String) {
        let error = #expect(throws: DERPError.self) { try Self.read(text, pieces: 7) }
        #expect(error?.message == "the server's answer is larger than 100 bytes")
    }

    @Test(
        "heads and chunk lines are bounded",
        arguments: [
            "HTTP/1.1 200 " + String(repeating: "x", count: 40000),
            "HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 101),
            String(repeating: "HTTP/1.1 100 C\r\n\r\n", count: 3000),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + String(repeating: "x", count: 300),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + String(repeating: "A: b\r\n", count: 9000),
        ]
    )
    func bounds(text: String) {
        let error = #expect(throws: DERPError.self) { try Self.read(text, pieces: 1000) }
        #expect(error?.code == .protocolViolation)
    }

    @Test(
        "an answer that is cut off is no answer",
        arguments: [
            "", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
        ]
    )
    func truncated(text: String) {
        let error = #expect(throws: DERPError.self) { try Self.read(text) }
        #expect(error?.code == (text.isEmpty ? .connection : .incompleteAnswer))
    }
}
