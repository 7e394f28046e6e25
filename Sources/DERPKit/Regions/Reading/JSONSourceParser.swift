/// Reads JSON (RFC 8259) and remembers the lines, which decoders don't do.
struct JSONSourceParser {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    private init(_ text: String) { self.bytes = Array(text.utf8) }

    /// Returns the value in `text`.
    static func parse(_ text: String) throws(SourceValue.Failure) -> SourceValue {
        var parser = Self(text)
        let value = try parser.value(depth: 0)
        parser.skipWhiteSpace()
        guard parser.position == parser.bytes.count else { throw parser.failure("there is more text after the end") }
        return value
    }

    private func failure(_ message: String) -> SourceValue.Failure {
        SourceValue.Failure(line: self.line, message: "it is not JSON: \(message)")
    }

    private var next: UInt8? { self.position < self.bytes.count ? self.bytes[self.position] : nil }

    private mutating func skipWhiteSpace() {
        while let byte = self.next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) {
            if byte == 0x0a { self.line += 1 }
            self.position += 1
        }
    }

    /// Skips `byte` if it comes next, after optional white space.
    private mutating func take(_ byte: UInt8) -> Bool {
        self.skipWhiteSpace()
        guard self.next == byte else { return false }
        self.position += 1
        return true
    }

    private mutating func value(depth: Int) throws(SourceValue.Failure) -> SourceValue {
        self.skipWhiteSpace()
        guard depth < SourceValue.depthLimit else {
            throw SourceValue.Failure(line: self.line, message: "it is nested too deep")
        }
        let line = self.line
        let content: SourceValue.Content
        switch self.next {
        case UInt8(ascii: "{"): content = .object(try self.members(depth: depth))
        case UInt8(ascii: "["): content = .list(try self.items(depth: depth))
        case UInt8(ascii: "\""): content = .text(try self.string())
        case nil: throw self.failure("it ends too early")
        case .some(let byte) where byte == UInt8(ascii: "-") || HTTPGrammar.isDigit(byte):
            content = .number(try self.number())
        default: content = try self.word()
        }
        return SourceValue(line: line, content: content)
    }

    private mutating func members(depth: Int) throws(SourceValue.Failure) -> [SourceValue.Member] {
        self.position += 1
        var members = [SourceValue.Member]()
        var names = Set<String>()
        if self.take(UInt8(ascii: "}")) { return [] }
        repeat {
            self.skipWhiteSpace()
            guard self.next == UInt8(ascii: "\"") else { throw self.failure("a member's name is missing") }
            let line = self.line
            let name = try self.string()
            guard names.insert(name).inserted else {
                throw self.failure("the member \(SourceText.quote(name)) appears more than once")
            }
            guard self.take(UInt8(ascii: ":")) else { throw self.failure("a colon is missing") }
            members.append(SourceValue.Member(name: name, line: line, value: try self.value(depth: depth + 1)))
        } while self.take(UInt8(ascii: ","))
        guard self.take(UInt8(ascii: "}")) else { throw self.failure("a comma or } is missing") }
        return members
    }

    private mutating func items(depth: Int) throws(SourceValue.Failure) -> [SourceValue] {
        self.position += 1
        var items = [SourceValue]()
        if self.take(UInt8(ascii: "]")) { return [] }
        repeat { items.append(try self.value(depth: depth + 1)) } while self.take(UInt8(ascii: ","))
        guard self.take(UInt8(ascii: "]")) else { throw self.failure("a comma or ] is missing") }
        return items
    }

    private mutating func word() throws(SourceValue.Failure) -> SourceValue.Content {
        let words: [(String, SourceValue.Content)] = [("null", .null), ("true", .bool(true)), ("false", .bool(false))]
        for (word, content) in words where self.bytes[self.position...].starts(with: word.utf8) {
            self.position += word.utf8.count
            return content
        }
        throw self.failure("this is not the start of a value")
    }

    private mutating func number() throws(SourceValue.Failure) -> String {
        let start = self.position
        while let byte = self.next, HTTPGrammar.isDigit(byte) || "+-.eE".utf8.contains(byte) { self.position += 1 }
        let text = String(decoding: self.bytes[start..<self.position], as: UTF8.self)
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
        let isPadded = digits.first == UInt8(ascii: "0") && digits.dropFirst().first.map(HTTPGrammar.isDigit) == true
        guard Double(text) != nil, !isPadded else {
            throw self.failure("a number is malformed")
        }
        return text
    }

    private mutating func string() throws(SourceValue.Failure) -> String {
        self.position += 1
        var bytes = [UInt8]()
        while let byte = self.next {
            self.position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"): bytes += Array(String(try self.escape()).utf8)
            case ..<0x20: throw self.failure("a text holds a control character")
            default: bytes.append(byte)
            }
        }
        throw self.failure("a text has no end")
    }

    private mutating func escape() throws(SourceValue.Failure) -> Unicode.Scalar {
        guard let byte = self.next else { throw self.failure("a text has no end") }
        self.position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let first = try self.codeUnit()
            if let scalar = Unicode.Scalar(first) { return scalar }
            guard self.bytes[self.position...].starts(with: "\\u".utf8) else {
                throw self.failure("half a surrogate pair")
            }
            self.position += 2
            let units = [UInt16(first), UInt16(try self.codeUnit())]
            var decoder = UTF16()
            var iterator = units.makeIterator()
            guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
                throw self.failure("half a surrogate pair")
            }
            return scalar
        default: throw self.failure("an unknown escape")
        }
    }

    private mutating func codeUnit() throws(SourceValue.Failure) -> UInt32 {
        let digits = self.bytes[self.position...].prefix(4)
        guard digits.count == 4, let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
            digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-")
        else { throw self.failure("an unknown escape") }
        self.position += 4
        return unit
    }
}
