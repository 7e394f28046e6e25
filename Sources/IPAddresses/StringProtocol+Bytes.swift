/// Text from outside, read byte by byte.
///
/// Swift compares and cuts text by Characters: U+0600 or an accent joins the comma or colon next to it, a line feed
/// joins the carriage return, U+212A (K) equals the letter K. So somebody who writes such text decides where it is cut.
/// Use these functions instead, for all text; scripts/check-source refuses the others.
extension StringProtocol {
    /// Returns whether the text begins with the bytes of `prefix`.
    @inlinable
    package func begins(with prefix: some StringProtocol) -> Bool { self.utf8.starts(with: prefix.utf8) }

    /// Returns whether the text ends with the bytes of `suffix`.
    @inlinable
    package func ends(with suffix: some StringProtocol) -> Bool {
        self.utf8.reversed().starts(with: suffix.utf8.reversed())
    }

    /// Returns whether the bytes are the same.
    @inlinable
    package func equals(_ other: some StringProtocol) -> Bool { self.utf8.elementsEqual(other.utf8) }

    /// Returns whether the text contains the bytes of `text`, which is short.
    @inlinable
    package func holds(_ text: some StringProtocol) -> Bool {
        var rest = self.utf8[...]
        while rest.count >= text.utf8.count {
            if rest.starts(with: text.utf8) { return true }
            rest = rest.dropFirst()
        }
        return text.utf8.isEmpty
    }

    /// Returns what follows the bytes of `prefix`, or `nil` if the text doesn't begin with them.
    @inlinable
    package func rest(after prefix: some StringProtocol) -> SubSequence? {
        guard self.begins(with: prefix) else { return nil }
        return self[self.utf8.index(self.startIndex, offsetBy: prefix.utf8.count)...]
    }

    /// Returns what precedes the bytes of `suffix`, or `nil` if the text doesn't end with them.
    @inlinable
    package func rest(before suffix: some StringProtocol) -> SubSequence? {
        guard self.ends(with: suffix) else { return nil }
        return self[..<self.utf8.index(self.startIndex, offsetBy: self.utf8.count - suffix.utf8.count)]
    }

    /// Returns what follows the byte at `index`, which must be an ASCII character.
    @inlinable
    package func rest(behind index: Index) -> SubSequence { self[self.utf8.index(after: index)...] }

    /// The text between the brackets of an IPv6 literal, as in `[::1]`, or `nil` if there are none.
    @inlinable
    package var bracketed: SubSequence.SubSequence? {
        self.rest(after: "[")?.rest(before: "]")
    }

    /// Returns the first position of `character`, which must be an ASCII character.
    @inlinable
    package func position(of character: Unicode.Scalar) -> Index? { self.utf8.firstIndex(of: UInt8(ascii: character)) }

    /// Returns the last position of `character`, which must be an ASCII character.
    @inlinable
    package func lastPosition(of character: Unicode.Scalar) -> Index? {
        self.lastPosition { $0 == UInt8(ascii: character) }
    }

    @usableFromInline
    func lastPosition(where isMeant: (UInt8) -> Bool) -> Index? {
        // Only forward iteration works for the bytes of any text.
        self.utf8.indices.reduce(nil) { isMeant(self.utf8[$1]) ? $1 : $0 }
    }

    /// Returns what precedes the first of `characters`, which must be ASCII characters, or everything if there is none.
    @inlinable
    package func before(_ characters: Unicode.Scalar...) -> SubSequence {
        let bytes = characters.map { UInt8(ascii: $0) }
        return self[..<(self.utf8.firstIndex { bytes.contains($0) } ?? self.endIndex)]
    }

    /// Returns the parts between one `separator`, an ASCII character, and the next, including empty parts.
    ///
    /// - Parameter count: The maximum number of parts, 1 or more. The last part contains the rest.
    @inlinable
    package func parts(at separator: Unicode.Scalar, atMost count: Int = .max) -> [SubSequence] {
        let byte = UInt8(ascii: separator)
        var parts: [SubSequence] = []
        var start = self.startIndex
        while parts.count < count - 1, let end = self[start...].utf8.firstIndex(of: byte) {
            parts.append(self[start..<end])
            start = self.utf8.index(after: end)
        }
        return parts + [self[start...]]
    }

    /// The text without spaces and tabs at either end.
    @inlinable
    package var trimmed: SubSequence {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        guard let first = self.utf8.firstIndex(where: { !isBlank($0) }),
            let last = self.lastPosition(where: { !isBlank($0) })
        else { return self[self.endIndex...] }
        return self[first..<self.utf8.index(after: last)]
    }

    /// The text with its ASCII letters in lower case, and everything else as it is.
    @inlinable
    package var lowercasedASCII: String {
        String(decoding: self.utf8.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// The text with its ASCII letters in upper case, and everything else as it is.
    @inlinable
    package var uppercasedASCII: String {
        String(decoding: self.utf8.map { (0x61...0x7a).contains($0) ? $0 & ~0x20 : $0 }, as: UTF8.self)
    }

    /// Returns the text with each occurrence of a character replaced by another one. Both must be ASCII characters.
    @inlinable
    package func replacing(_ character: Unicode.Scalar, by other: Unicode.Scalar) -> String {
        String(
            decoding: self.utf8.map { $0 == UInt8(ascii: character) ? UInt8(ascii: other) : $0 },
            as: UTF8.self
        )
    }
}
