/// Text from outside (servers, peers, files) on its way to a log, a terminal or a metric's label.
///
/// The result starts no line, doesn't move the cursor or change the direction of writing, contains nothing invisible,
/// and is short.
package enum OutsideText {
    /// Returns `text` as one line of at most `limit` characters, with `?` for each that isn't plainly visible, and `…`
    /// where it is cut.
    package static func line(_ text: some StringProtocol, limit: Int = 400) -> String {
        var scalars = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else {
                scalars.append("…")
                break
            }
            scalars.append(Self.isVisible(scalar) ? scalar : "?")
            count += 1
        }
        return String(scalars)
    }

    /// Whether a reader sees the character, and it changes nothing else.
    package static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x20..<0x7f).contains(scalar.value) }
        guard !scalar.properties.isDefaultIgnorableCodePoint else { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: return false
        default: return true
        }
    }
}
