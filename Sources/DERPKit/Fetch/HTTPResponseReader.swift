import IPAddresses
import HTTPTypes

/// Reads one HTTP/1.1 response (RFC 9112) from bytes that arrive in pieces. Strict: refuses what two readers could
/// understand in two ways.
package struct HTTPResponseReader: Sendable {
    private enum State: Hashable, Sendable {
        case statusLine, field
        case body(left: Int)
        case chunkSize
        case chunk(left: Int)
        case chunkEnd, trailer
        /// The body continues until the server closes.
        case untilClose
        case complete
    }

    /// The limit of all heads together, and of the trailer, in bytes.
    private static let headLimit = 32 << 10
    private static let fieldLimit = 100
    /// The limit of the line before a chunk, in bytes.
    private static let chunkLineLimit = 256

    /// The response so far.
    package private(set) var response = HTTPClient.Response(status: 0, fields: [:], body: [])

    private let isHead: Bool
    private let bodyLimit: Int
    private var state = State.statusLine
    private var line: [UInt8] = []
    private var headByteCount = 0

    /// - Parameters:
    ///   - method: The method of the request. An answer to HEAD has no body.
    ///   - bodyLimit: The maximum length of the body, in bytes.
    package init(answerTo method: HTTPRequest.Method, bodyLimit: Int) {
        self.isHead = method == .head
        self.bodyLimit = bodyLimit
    }

    /// Whether any of the response has arrived.
    package private(set) var hasBegun = false

    /// Whether the response is complete.
    package var isComplete: Bool { self.state == .complete }

    /// Reads more bytes. Ignores those after the response.
    ///
    /// - Throws: ``DERPError`` with code `protocolViolation` if this is no response or one that is too large.
    package mutating func take(_ bytes: some Collection<UInt8>) throws(DERPError) {
        var rest = bytes[...]
        if !rest.isEmpty { self.hasBegun = true }
        while !rest.isEmpty {
            switch self.state {
            case .complete: return
            case .body(let left):
                let part = rest.prefix(left)
                rest = rest.dropFirst(part.count)
                self.response.body += part
                self.state = part.count == left ? .complete : .body(left: left - part.count)
            case .chunk(let left):
                let part = rest.prefix(left)
                rest = rest.dropFirst(part.count)
                self.response.body += part
                self.state = part.count == left ? .chunkEnd : .chunk(left: left - part.count)
            case .untilClose:
                guard rest.count <= self.bodyLimit - self.response.body.count else { throw self.tooLarge }
                self.response.body += rest
                return
            case .statusLine, .field, .chunkSize, .chunkEnd, .trailer:
                let isChunkLine = self.state == .chunkSize || self.state == .chunkEnd
                let end = rest.firstIndex(of: HTTPGrammar.lineFeed)
                let part = end.map { rest[...$0] } ?? rest
                let limit = isChunkLine ? Self.chunkLineLimit - self.line.count : Self.headLimit - self.headByteCount
                guard part.count <= limit else { throw Self.wrong("its head is too long") }
                if !isChunkLine { self.headByteCount += part.count }
                rest = rest[part.endIndex...]
                self.line += part
                if end != nil { try self.takeLine() }
            }
        }
    }

    /// Records that the server has closed the connection.
    ///
    /// - Throws: ``DERPError`` with code `connection` if nothing has arrived, `incompleteAnswer` if the response is
    ///   incomplete.
    package mutating func end() throws(DERPError) {
        switch self.state {
        case .complete: return
        case .untilClose: self.state = .complete
        default:
            let message = "the server closed the connection before its answer was whole"
            throw DERPError(self.hasBegun ? .incompleteAnswer : .connection, message)
        }
    }

    private static func wrong(_ reason: String) -> DERPError {
        DERPError(.protocolViolation, "the server's answer is malformed: \(reason)")
    }

    private var tooLarge: DERPError {
        DERPError(.protocolViolation, "the server's answer is larger than \(ByteCount.text(self.bodyLimit))")
    }
}

// MARK: Lines

extension HTTPResponseReader {
    private mutating func takeLine() throws(DERPError) {
        guard self.line.suffix(2) == [HTTPGrammar.carriageReturn, HTTPGrammar.lineFeed] else {
            throw Self.wrong("a line doesn't end with CRLF")
        }
        let line = self.line.dropLast(2)
        self.line = []
        guard line.allSatisfy(HTTPGrammar.isFieldValue) else { throw Self.wrong("it has control characters") }
        switch self.state {
        case .statusLine: try self.takeStatus(line)
        case .field where line.isEmpty: try self.endHead()
        case .field: self.response.fields.append(try Self.field(line, count: self.response.fields.count))
        case .chunkSize: try self.takeChunkSize(line)
        case .chunkEnd:
            guard line.isEmpty else { throw Self.wrong("a chunk is longer than it says") }
            self.state = .chunkSize
        case .trailer where line.isEmpty: self.state = .complete
        case .trailer: _ = try Self.field(line, count: 0)
        case .body, .chunk, .untilClose, .complete: break
        }
    }

    /// RFC 9112 §4: `HTTP/1.1 200 OK`; the reason may be empty, and old servers leave out the space before it.
    private mutating func takeStatus(_ line: ArraySlice<UInt8>) throws(DERPError) {
        let words = line.split(separator: HTTPGrammar.space, maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, words[0].count == 8, words[0].starts(with: Array("HTTP/1.".utf8)),
            words[0].last.map(HTTPGrammar.isDigit) == true
        else { throw Self.wrong("it is not HTTP/1") }
        guard words[1].count == 3, words[1].allSatisfy(HTTPGrammar.isDigit),
            let status = Int(String(decoding: words[1], as: UTF8.self)), (100...599).contains(status)
        else { throw Self.wrong("its status is not a three-digit number") }
        guard status != 101 else { throw Self.wrong("it switches protocols without being asked") }
        self.response.status = status
        self.response.fields = [:]
        self.state = .field
    }

    private static func field(_ line: ArraySlice<UInt8>, count: Int) throws(DERPError) -> HTTPField {
        guard count < Self.fieldLimit else { throw Self.wrong("it has too many fields") }
        guard let colon = line.firstIndex(of: HTTPGrammar.colon),
            line[..<colon].allSatisfy(HTTPGrammar.isToken),
            let name = HTTPField.Name(String(decoding: line[..<colon], as: UTF8.self))
        else { throw Self.wrong("a field has no name") }
        var value = line[(colon + 1)...].drop(while: HTTPGrammar.isWhiteSpace)
        while let last = value.last, HTTPGrammar.isWhiteSpace(last) { value.removeLast() }
        return HTTPField(name: name, value: String(decoding: value, as: UTF8.self))
    }

    /// RFC 9112 §6.3.
    private mutating func endHead() throws(DERPError) {
        let fields = self.response.fields
        // Interim answers (RFC 9110 §15.2) come before the real one; the limit of all heads bounds their number.
        if self.response.status < 200 {
            self.state = .statusLine
            return
        }
        if self.isHead || self.response.status == 204 || self.response.status == 304 {
            self.state = .complete
            return
        }
        let encodings = fields.list(.contentEncoding)
        guard encodings.allSatisfy({ $0.lowercasedASCII == "identity" }) else {
            throw Self.wrong("its content is encoded, which was not asked for")
        }
        let lengths = fields[values: .contentLength]
        if fields.contains(.transferEncoding) {
            let codings = fields.list(.transferEncoding)
            guard lengths.isEmpty, codings.count == 1, codings[0].lowercasedASCII == "chunked" else {
                throw Self.wrong("its length can't be known")
            }
            self.state = .chunkSize
        } else if let length = lengths.first {
            guard lengths.count == 1, !length.isEmpty, length.utf8.allSatisfy(HTTPGrammar.isDigit) else {
                throw Self.wrong("its length can't be known")
            }
            // Too many digits for a number mean that it is too large as well.
            guard let count = Int(length), count <= self.bodyLimit else { throw self.tooLarge }
            self.state = count == 0 ? .complete : .body(left: count)
        } else {
            self.state = .untilClose
        }
    }

    /// RFC 9112 §7.1: hexadecimal, and extensions that nobody uses.
    private mutating func takeChunkSize(_ line: ArraySlice<UInt8>) throws(DERPError) {
        let digits = line.prefix { $0 != UInt8(ascii: ";") }
        guard (1...16).contains(digits.count),
            digits.allSatisfy({ HTTPGrammar.isDigit($0) || ($0 | 0x20) &- UInt8(ascii: "a") < 6 })
        else { throw Self.wrong("a chunk's size is not a number") }
        guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16),
            size <= self.bodyLimit - self.response.body.count
        else { throw self.tooLarge }
        self.state = size == 0 ? .trailer : .chunk(left: size)
    }
}
