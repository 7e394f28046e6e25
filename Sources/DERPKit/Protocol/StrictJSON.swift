/// Reads the members of a JSON object strictly by RFC 8259. Foundation accepts `{"a":1,}`, a byte order mark, and 2.0
/// as an integer, for which the reference closes the connection.
///
/// It reads each byte once, creates nothing that nobody asks for, and doesn't recurse: strangers send it 256 KiB, and a
/// loop waits in the meantime.
struct StrictJSON {
    enum Value {
        case null
        case bool(Bool)
        case string(Text)
        /// A number without fraction and exponent that fits.
        case integer(Int)
        /// Any other number, an array, or an object.
        case other
    }

    struct Malformed: Error {}

    /// Deeper nesting is refused. An open container takes one of 64 bits.
    private static let depthLimit = 64
    /// More values, of all containers together, are refused.
    static let valueLimit = 4096

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var valuesLeft = StrictJSON.valueLimit

    private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Calls `body` with the members of the object in `text`, in order. Doesn't call it for `null`.
    ///
    /// The names and strings are valid only in `body`.
    static func forEachMember(
        of text: UnsafeRawBufferPointer,
        _ body: (Text, Value) throws(Malformed) -> Void
    ) throws(Malformed) {
        var reader = Self(text)
        reader.skipSpace()
        if reader.next == UInt8(ascii: "n") {
            try reader.word("null")
        } else {
            try reader.object(body)
        }
        reader.skipSpace()
        guard reader.next == nil else { throw Malformed() }
    }

    private mutating func object(_ body: (Text, Value) throws(Malformed) -> Void) throws(Malformed) {
        try self.expect("{")
        self.skipSpace()
        guard !self.take("}") else { return }
        repeat {
            let name = try self.name()
            try body(name, try self.value())
        } while self.take(",")
        try self.expect("}")
    }

    /// Returns `nil` at the end.
    @inline(__always)
    private var next: UInt8? { self.position < self.bytes.count ? self.bytes[self.position] : nil }

    @inline(__always)
    private mutating func skipSpace() {
        while let byte = self.next, byte <= 0x20, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d {
            self.position += 1
        }
    }

    /// Consumes `character` if it comes next.
    @inline(__always)
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard self.next == UInt8(ascii: character) else { return false }
        self.position += 1
        return true
    }

    @inline(__always)
    private mutating func expect(_ character: Unicode.Scalar) throws(Malformed) {
        guard self.take(character) else { throw Malformed() }
    }

    private mutating func word(_ word: StaticString) throws(Malformed) {
        let expected = UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard self.bytes[self.position...].starts(with: expected) else { throw Malformed() }
        self.position += expected.count
    }
}

// MARK: Values

extension StrictJSON {
    /// Reads a member's name, and the colon after it.
    @inline(__always)
    private mutating func name() throws(Malformed) -> Text {
        self.skipSpace()
        let name = try self.string()
        self.skipSpace()
        try self.expect(":")
        return name
    }

    /// Reads a member's value and the white space around it.
    private mutating func value() throws(Malformed) -> Value {
        try self.countValue()
        self.skipSpace()
        let value: Value
        switch self.next {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            try self.container()
            value = .other
        case UInt8(ascii: "\""): value = .string(try self.string())
        case UInt8(ascii: "t"):
            try self.word("true")
            value = .bool(true)
        case UInt8(ascii: "f"):
            try self.word("false")
            value = .bool(false)
        case UInt8(ascii: "n"):
            try self.word("null")
            value = .null
        default: value = try self.number().map { .integer($0) } ?? .other
        }
        self.skipSpace()
        return value
    }

    @inline(__always)
    private mutating func countValue() throws(Malformed) {
        guard self.valuesLeft > 0 else { throw Malformed() }
        self.valuesLeft -= 1
    }

    /// Skips an array or an object, with everything in it.
    private mutating func container() throws(Malformed) {
        /// The depth of the value that comes next. It is 1 for a member of the whole object.
        var depth = 1
        /// One bit for each open container, with the innermost lowest: 1 for an object.
        var objects: UInt64 = 0
        while true {
            guard depth <= Self.depthLimit else { throw Malformed() }
            // The first is the container itself.
            if depth > 1 { try self.countValue() }
            self.skipSpace()
            if try self.opens(&objects) {
                depth += 1
                continue
            }
            // A value is complete, and perhaps those around it are too.
            while true {
                self.skipSpace()
                if depth == 1 { return }
                let isObject = objects & 1 == 1
                if self.take(",") {
                    if isObject { _ = try self.name() }
                    break
                }
                try self.expect(isObject ? "}" : "]")
                objects >>= 1
                depth -= 1
            }
        }
    }

    /// Reads a value, or the beginning of a container with something in it. Returns `true` for the latter.
    @inline(__always)
    private mutating func opens(_ objects: inout UInt64) throws(Malformed) -> Bool {
        switch self.next {
        case UInt8(ascii: "{"):
            self.position += 1
            self.skipSpace()
            guard !self.take("}") else { return false }
            objects = objects << 1 | 1
            _ = try self.name()
            return true
        case UInt8(ascii: "["):
            self.position += 1
            self.skipSpace()
            guard !self.take("]") else { return false }
            objects <<= 1
            return true
        case UInt8(ascii: "\""): _ = try self.string()
        case UInt8(ascii: "t"): try self.word("true")
        case UInt8(ascii: "f"): try self.word("false")
        case UInt8(ascii: "n"): try self.word("null")
        default: _ = try self.number()
        }
        return false
    }

    /// Reads a number. Returns `nil` for one that isn't an integer, or doesn't fit.
    private mutating func number() throws(Malformed) -> Int? {
        let isNegative = self.take("-")
        var integer: Int? = 0
        if !self.take("0") {
            try self.digits { digit in
                let (product, isOverflow) = (integer ?? 0).multipliedReportingOverflow(by: 10)
                let (sum, isFurther) = product.addingReportingOverflow(isNegative ? -digit : digit)
                if isOverflow || isFurther { integer = nil }
                if integer != nil { integer = sum }
            }
        }
        if self.take(".") {
            integer = nil
            try self.digits { _ in }
        }
        if self.take("e") || self.take("E") {
            integer = nil
            if !self.take("+") { _ = self.take("-") }
            try self.digits { _ in }
        }
        return integer
    }

    @inline(__always)
    private mutating func digits(_ body: (Int) -> Void) throws(Malformed) {
        let start = self.position
        while let byte = self.next, (0x30...0x39).contains(byte) {
            body(Int(byte) - 0x30)
            self.position += 1
        }
        guard self.position > start else { throw Malformed() }
    }
}

// MARK: Strings

extension StrictJSON {
    private mutating func string() throws(Malformed) -> Text {
        try self.expect("\"")
        let start = self.position
        while let byte = self.next {
            self.position += 1
            // Most bytes are none of these.
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            if byte == UInt8(ascii: "\"") {
                return Text(raw: UnsafeRawBufferPointer(rebasing: self.bytes[start..<self.position - 1]))
            }
            guard byte == UInt8(ascii: "\\") else { throw Malformed() }
            try self.skipEscape()
        }
        throw Malformed()
    }

    /// Reads what follows a backslash.
    private mutating func skipEscape() throws(Malformed) {
        guard let byte = self.next else { throw Malformed() }
        self.position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"):
            guard self.position + 4 <= self.bytes.count else { throw Malformed() }
            for index in self.position..<self.position + 4 where Text.hexDigit(self.bytes[index]) == nil {
                throw Malformed()
            }
            self.position += 4
        default: throw Malformed()
        }
    }
}
