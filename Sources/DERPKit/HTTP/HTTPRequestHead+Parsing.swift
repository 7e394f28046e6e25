import IPAddresses
import HTTPTypes

extension HTTPRequestHead {
    /// Parses a complete head that ``HTTPHeadScanner`` has accepted, and checks what its fields say together.
    init(scanned head: UnsafeRawBufferPointer) throws(HTTPParseError) {
        var lines = head[...]
        if lines.first == HTTPGrammar.carriageReturn { lines = lines.dropFirst(2) }

        let words = Self.line(from: &lines).split(separator: HTTPGrammar.space)
        guard words.count == 3, let method = HTTPRequest.Method(Self.text(words[0])) else {
            throw .malformedRequestLine
        }
        guard let target = HTTPTarget(Self.text(words[1]), method: method) else { throw .malformedTarget }

        var fields = HTTPFields()
        while true {
            let line = Self.line(from: &lines)
            if line.isEmpty { break }
            guard let colon = line.firstIndex(of: HTTPGrammar.colon),
                let name = HTTPField.Name(Self.text(line[..<colon]))
            else { throw .malformedField }
            fields.append(HTTPField(name: name, value: Self.trimmed(line[(colon + 1)...])))
        }

        self.method = method
        self.path = target.path
        self.query = target.query
        self.minorVersion = words[2].last == UInt8(ascii: "0") ? 0 : 1
        let host = try Self.host(in: fields, isRequired: self.minorVersion > 0)
        self.authority = target.authority ?? host
        self.hasBody = try Self.hasBody(fields, minorVersion: self.minorVersion)
        self.fields = fields
    }

    /// Requires exactly one Host from HTTP/1.1 on, and never two. An empty one names nobody (RFC 9112 §3.2).
    private static func host(in fields: HTTPFields, isRequired: Bool) throws(HTTPParseError) -> HTTPAuthority? {
        let values = fields[values: .hostLine]
        guard values.count < 2 else { throw .repeatedHost }
        guard let value = values.first else {
            if isRequired { throw .missingHost }
            return nil
        }
        if value.isEmpty { return nil }
        guard let authority = HTTPAuthority(value) else { throw .malformedHost }
        return authority
    }

    /// Applies RFC 9112 §6.3, and refuses everything that two readers could understand in two ways.
    private static func hasBody(_ fields: HTTPFields, minorVersion: Int) throws(HTTPParseError) -> Bool {
        let lengths = fields[values: .contentLength]
        if fields.contains(.transferEncoding) {
            guard lengths.isEmpty, minorVersion > 0 else { throw .ambiguousBody }
            let codings = fields.list(.transferEncoding)
            guard codings.count == 1, codings[0].lowercasedASCII == "chunked" else { throw .unsupportedTransferCoding }
            return true
        }
        guard let length = lengths.first else { return false }
        guard lengths.count == 1, !length.isEmpty, length.utf8.allSatisfy(HTTPGrammar.isDigit) else {
            throw .ambiguousBody
        }
        return length.utf8.contains { $0 != UInt8(ascii: "0") }
    }

    private typealias Bytes = Slice<UnsafeRawBufferPointer>

    /// Removes the first line, and returns it without its CRLF.
    private static func line(from rest: inout Bytes) -> Bytes {
        let end = rest.firstIndex(of: HTTPGrammar.carriageReturn) ?? rest.endIndex
        defer { rest = rest[end...].dropFirst(2) }
        return rest[..<end]
    }

    private static func trimmed(_ bytes: Bytes) -> Bytes {
        var bytes = bytes.drop(while: HTTPGrammar.isWhiteSpace)
        while let last = bytes.last, HTTPGrammar.isWhiteSpace(last) { bytes.removeLast() }
        return bytes
    }

    private static func text(_ bytes: Bytes) -> String { String(decoding: bytes, as: UTF8.self) }
}
