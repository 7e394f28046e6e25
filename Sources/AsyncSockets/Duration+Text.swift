extension Duration {
    /// The duration as people and flags write it: `15s`, `1h30m`, `2.5s`, `300ms`, `0s`. Exact to the microsecond.
    package var text: String {
        let (seconds, attoseconds) = self.components
        let microseconds = attoseconds / 1_000_000_000_000
        guard seconds >= 0, microseconds >= 0 else { return "-" + (.zero - self).text }
        if seconds == 0, microseconds > 0 {
            return microseconds < 1000 ? "\(microseconds)µs" : Self.decimal(microseconds, of: 1000) + "ms"
        }
        var text = ""
        if seconds >= 3600 { text += "\(seconds / 3600)h" }
        if seconds % 3600 >= 60 { text += "\(seconds % 3600 / 60)m" }
        if seconds % 60 > 0 || microseconds > 0 || text.isEmpty {
            text += Self.decimal(seconds % 60 * 1_000_000 + microseconds, of: 1_000_000) + "s"
        }
        return text
    }

    /// Returns `number` parts, of which `whole` make one, as a decimal number without trailing zeros.
    private static func decimal(_ number: Int64, of whole: Int64) -> String {
        let rest = number % whole
        guard rest > 0 else { return "\(number / whole)" }
        var digits = String(String(whole + rest).dropFirst())
        while digits.last == "0" { digits.removeLast() }
        return "\(number / whole).\(digits)"
    }
}
