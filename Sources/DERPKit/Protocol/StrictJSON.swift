/// Reads the members of a JSON object as RFC 8259 has it and no otherwise: Foundation takes `{"a":1,}`, a byte order
/// mark, and 2.0 for an integer, for which the reference closes the connection.
struct StrictJSON {
    enum Value: Equatable {
        case null
        case bool(Bool)
        case string(String)
        /// A number without fraction and exponent that fits.
        case integer(Int)
        /// Any other number, an array, or an object.
        case other
    }

    struct Malformed: Error {}

    /// Deeper nesting is refused.
    private static let depthLimit = 64

    private var rest: ArraySlice<UInt8>

    /// The members of the object that `text` is, in order; `nil` when it is `null`.
    static func members(of text: [UInt8]) throws(Malformed) -> [(name: String, value: Value)]? {
        var reader = Self(rest: text[...])
        reader.skipSpace()
        let members = try reader.next == UInt8(ascii: "n") ? reader.word("null", nil) : reader.object(depth: 0)
        reader.skipSpace()
        guard reader.rest.isEmpty else { throw Malformed() }
        return members
    }

    private var next: UInt8? { self.rest.first }

    private mutating func skipSpace() {
        while let byte = self.next, byte == 0x20 || (0x09...0x0a).contains(byte) || byte == 0x0d {
            self.rest.removeFirst()
        }
    }

    /// Takes `character` if it comes next.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard self.next == UInt8(ascii: character) else { return false }
        self.rest.removeFirst()
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Malformed) {
        guard self.take(character) else { throw Malformed() }
    }

    private mutating func word<Result>(_ word: StaticString, _ result: Result) throws(Malformed) -> Result {
        let bytes = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard self.rest.starts(with: bytes) else { throw Malformed() }
        self.rest.removeFirst(bytes.count)
        return result
    }
}

// MARK: Values

extension StrictJSON {
    private mutating func object(depth: Int) throws(Malformed) -> [(name: String, value: Value)] {
        try self.expect("{")
        var members: [(name: String, value: Value)] = []
        self.skipSpace()
        guard !self.take("}") else { return members }
        repeat {
            self.skipSpace()
            let name = try self.string()
            self.skipSpace()
            try self.expect(":")
            members.append((name, try self.value(depth: depth + 1)))
        } while self.take(",")
        try self.expect("}")
        return members
    }

    private mutating func array(depth: Int) throws(Malformed) {
        try self.expect("[")
        self.skipSpace()
        guard !self.take("]") else { return }
        repeat { _ = try self.value(depth: depth + 1) } while self.take(",")
        try self.expect("]")
    }

    /// A value and the white space around it.
    private mutating func value(depth: Int) throws(Malformed) -> Value {
        guard depth <= Self.depthLimit else { throw Malformed() }
        self.skipSpace()
        let value: Value
        switch self.next {
        case UInt8(ascii: "{"):
            _ = try self.object(depth: depth)
            value = .other
        case UInt8(ascii: "["):
            try self.array(depth: depth)
            value = .other
        case UInt8(ascii: "\""): value = .string(try self.string())
        case UInt8(ascii: "t"): value = try self.word("true", .bool(true))
        case UInt8(ascii: "f"): value = try self.word("false", .bool(false))
        case UInt8(ascii: "n"): value = try self.word("null", .null)
        default: value = try self.number()
        }
        self.skipSpace()
        return value
    }

    private mutating func number() throws(Malformed) -> Value {
        let start = self.rest
        _ = self.take("-")
        if !self.take("0") { try self.digits() }
        let integer = Int(String(decoding: start[..<self.rest.startIndex], as: UTF8.self))
        var isInteger = true
        if self.take(".") {
            isInteger = false
            try self.digits()
        }
        if self.take("e") || self.take("E") {
            isInteger = false
            if !self.take("+") { _ = self.take("-") }
            try self.digits()
        }
        guard isInteger, let integer else { return .other }
        return .integer(integer)
    }

    private mutating func digits() throws(Malformed) {
        let digits = self.rest.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty else { throw Malformed() }
        self.rest = self.rest[digits.endIndex...]
    }
}

// MARK: Strings

extension StrictJSON {
    /// A string; what is no UTF-8 in it becomes U+FFFD, as with the reference.
    private mutating func string() throws(Malformed) -> String {
        try self.expect("\"")
        var units: [UInt8] = []
        while let byte = self.rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
            case UInt8(ascii: "\\"): units += try self.escaped()
            case ..<0x20: throw Malformed()
            default: units.append(byte)
            }
        }
        throw Malformed()
    }

    /// What stands behind a backslash, as UTF-8.
    private mutating func escaped() throws(Malformed) -> [UInt8] {
        switch self.rest.popFirst() {
        case UInt8(ascii: "\""): return [0x22]
        case UInt8(ascii: "\\"): return [0x5c]
        case UInt8(ascii: "/"): return [0x2f]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var units = [try self.codeUnit()]
            // A character beyond U+FFFF is two escapes; half of one becomes U+FFFD.
            if UTF16.isLeadSurrogate(units[0]), self.rest.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
                self.rest.removeFirst(2)
                units.append(try self.codeUnit())
            }
            return Array(String(decoding: units, as: UTF16.self).utf8)
        default: throw Malformed()
        }
    }

    private mutating func codeUnit() throws(Malformed) -> UInt16 {
        let digits = String(decoding: self.rest.prefix(4), as: UTF8.self)
        guard let bytes = Hex.decode(digits), bytes.count == 2 else { throw Malformed() }
        self.rest.removeFirst(4)
        return UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    }
}
