extension StrictJSON {
    /// The content between the quotes of a string, checked but not decoded, because most of it is never used.
    struct Text {
        fileprivate let raw: UnsafeRawBufferPointer

        /// - Parameter raw: The content, with valid escapes only.
        init(raw: UnsafeRawBufferPointer) { self.raw = raw }

        /// The text. Invalid UTF-8 in it becomes U+FFFD, as in the reference, and so does half of a character beyond
        /// U+FFFF.
        var string: String {
            var units: [UInt8] = []
            units.reserveCapacity(self.raw.count)
            var index = 0
            while index < self.raw.count {
                guard self.raw[index] == UInt8(ascii: "\\") else {
                    units.append(self.raw[index])
                    index += 1
                    continue
                }
                guard let unit = self.unit(&index) else { break }
                if unit < 0x80 {
                    units.append(UInt8(unit))
                } else {
                    guard let encoded = Unicode.UTF8.encode(self.scalar(unit, &index)) else { continue }
                    units.append(contentsOf: encoded)
                }
            }
            return String(decoding: units, as: UTF8.self)
        }

        /// The character of `unit` and, if that is half of a character, of the escape after it.
        private func scalar(_ unit: UInt16, _ index: inout Int) -> Unicode.Scalar {
            if let scalar = Unicode.Scalar(unit) { return scalar }
            var end = index
            guard UTF16.isLeadSurrogate(unit), let trail = self.unit(&end), UTF16.isTrailSurrogate(trail) else {
                return "\u{fffd}"
            }
            index = end
            let value = 0x10000 + (UInt32(unit & 0x3ff) << 10 | UInt32(trail & 0x3ff))
            return Unicode.Scalar(value) ?? "\u{fffd}"
        }

        /// The number of bytes that it takes in the JSON.
        var rawCount: Int { self.raw.count }

        /// Returns whether it is `name`, without regard to case.
        ///
        /// - Parameter name: ASCII in lower case.
        func isName(_ name: StaticString) -> Bool {
            let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
            // No character takes more than an escape's six bytes.
            guard (name.count...6 * name.count).contains(self.raw.count) else { return false }
            var index = 0
            for expected in name {
                guard index < self.raw.count, self.letter(&index) == expected else { return false }
            }
            return index == self.raw.count
        }

        /// Returns the next character in lower case, if that is ASCII.
        private func letter(_ index: inout Int) -> UInt8? {
            let byte = self.raw[index]
            let unit: UInt16
            switch byte {
            case UInt8(ascii: "\\"):
                guard let escaped = self.unit(&index) else { return nil }
                unit = escaped
            case ..<0x80:
                index += 1
                unit = UInt16(byte)
            default:
                // The kelvin sign is the only other character whose small letter is ASCII.
                guard self.raw[index...].starts(with: [0xe2, 0x84, 0xaa]) else { return nil }
                index += 3
                unit = 0x212a
            }
            switch unit {
            case 0x41...0x5a: return UInt8(unit) | 0x20
            case 0x212a: return UInt8(ascii: "k")
            default: return UInt8(exactly: unit)
            }
        }

        /// Returns the character of an escape, which must be there.
        private func unit(_ index: inout Int) -> UInt16? {
            guard index + 1 < self.raw.count, self.raw[index] == UInt8(ascii: "\\") else { return nil }
            let byte = self.raw[index + 1]
            index += 2
            switch byte {
            case UInt8(ascii: "b"): return 0x08
            case UInt8(ascii: "f"): return 0x0c
            case UInt8(ascii: "n"): return 0x0a
            case UInt8(ascii: "r"): return 0x0d
            case UInt8(ascii: "t"): return 0x09
            case UInt8(ascii: "u"):
                let end = min(index + 4, self.raw.count)
                defer { index = end }
                return self.raw[index..<end].reduce(0) { $0 << 4 | UInt16(Self.hexDigit($1) ?? 0) }
            default: return UInt16(byte)
            }
        }

        static func hexDigit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x41...0x46: byte - 0x37
            case 0x61...0x66: byte - 0x57
            default: nil
            }
        }
    }
}
