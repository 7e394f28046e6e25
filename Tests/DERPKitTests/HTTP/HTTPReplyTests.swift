import DERPKit
import HTTPTypes
import Testing

@Suite("HTTP replies")
struct HTTPReplyTests {
    private func text(_ reply: HTTPReply, keepAlive: Bool = true, isHead: Bool = false) -> String {
        String(decoding: reply.serialized(keepAlive: keepAlive, isHead: isHead), as: UTF8.self)
    }

    @Test("A body goes out with its length")
    func body() {
        let reply = HTTPReply(status: .ok, fields: [.contentType: "text/html"], body: Array("hé".utf8))
        #expect(
            self.text(reply)
                == "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nhé"
        )
    }

    @Test("HEAD gets the length, not the body")
    func head() {
        let reply = HTTPReply(status: .ok, body: [1, 2, 3])
        #expect(
            self.text(reply, keepAlive: false, isHead: true)
                == "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n"
        )
    }

    @Test("204 and 304 have neither body nor length", arguments: [HTTPResponse.Status.noContent, .notModified])
    func noContent(status: HTTPResponse.Status) {
        #expect(
            self.text(HTTPReply(status: status, body: [1]))
                == "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\nConnection: keep-alive\r\n\r\n"
        )
    }

    @Test("An empty page has the length 0")
    func empty() {
        #expect(
            self.text(HTTPReply(status: .ok))
                == "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n"
        )
    }

    @Test("Connection options of the reply are kept in one field")
    func connectionOptions() {
        let reply = HTTPReply(status: .noContent, fields: [.connection: "Upgrade"])
        #expect(self.text(reply, keepAlive: false).contains("Connection: Upgrade, close\r\n"))
    }

    @Test("No value can bring a line of its own")
    func injection() {
        let reply = HTTPReply(status: .found, fields: [.location: "https://a/\r\nSet-Cookie: b"])
        #expect(!self.text(reply).contains("\r\nSet-Cookie"))
    }

    @Test("Each parse error is answered with a status that fits", arguments: HTTPParseError.allCases)
    func parseErrors(error: HTTPParseError) {
        let reply = HTTPReply(error)
        let status: Int =
            switch error {
            case .headTooLarge, .tooManyFields: 431
            case .methodTooLong, .unsupportedTransferCoding: 501
            case .unsupportedVersion: 505
            default: 400
            }
        #expect(reply.status.code == status)
        #expect(!reply.status.reasonPhrase.isEmpty)
        #expect(reply.body == Array("\(error)\n".utf8))
    }

    @Test("Plain HTTP on the TLS port hears a plain 400 that says so")
    func plainHTTPOnTLSPort() {
        let text = self.text(.plainHTTPOnTLSPort, keepAlive: false)
        #expect(text.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(text.contains("HTTPS"))
    }
}
