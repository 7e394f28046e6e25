/// Classes of bytes of RFC 9110 §5.6.2 and RFC 3986.
enum HTTPGrammar {
    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    static let colon = UInt8(ascii: ":")

    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

    /// Optional white space: SP or HTAB.
    static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == Self.space || byte == UInt8(ascii: "\t") }

    /// A character of a method or of a field name.
    static func isToken(_ byte: UInt8) -> Bool { Self.has(byte, in: Self.tokens) }

    /// A character of a URI's authority, path and query. No `#`: a fragment is never sent.
    static func isTarget(_ byte: UInt8) -> Bool { Self.has(byte, in: Self.targets) }

    /// The first character of a request target of any form.
    static func isTargetStart(_ byte: UInt8) -> Bool {
        Self.isLetter(byte) || Self.isDigit(byte) || "/*[".utf8.contains(byte)
    }

    /// A character of a field value: visible, white space, or above ASCII. No other control character.
    static func isFieldValue(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7f || byte == UInt8(ascii: "\t") }

    /// One bit for each ASCII character.
    private typealias Set = (low: UInt64, high: UInt64)

    private static let tokens = Self.set(of: "!#$%&'*+-.^_`|~")
    private static let targets = Self.set(of: "-._~!$&'()*+,;=:@/?%[]")

    @inline(__always)
    private static func has(_ byte: UInt8, in set: Set) -> Bool {
        byte < 0x80 && (byte < 64 ? set.low : set.high) >> UInt64(byte & 63) & 1 == 1
    }

    /// Letters, digits and `symbols`.
    private static func set(of symbols: String) -> Set {
        var set: Set = (0, 0)
        for byte in UInt8.min..<0x80
        where Self.isLetter(byte) || Self.isDigit(byte) || symbols.utf8.contains(byte) {
            if byte < 64 { set.low |= 1 << UInt64(byte) } else { set.high |= 1 << UInt64(byte & 63) }
        }
        return set
    }
}
