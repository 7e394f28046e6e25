import AsyncSockets

/// A flag's value on its way to a type.
struct FlagValue {
    let flag: String
    let text: String

    init(_ flag: String, _ text: String) {
        self.flag = flag
        self.text = text
    }

    func integer(in range: ClosedRange<Int>) throws(UsageError) -> Int {
        guard let value = Int(self.text), range.contains(value) else {
            let wanted =
                range.upperBound == .max
                ? "a whole number from \(range.lowerBound) on" : "\(range.lowerBound)…\(range.upperBound)"
            throw UsageError("\(self.flag) is \(wanted), not \(UsageError.quote(self.text))")
        }
        return value
    }

    /// A span in Go's form, zero or in `range`.
    func duration(zeroOr range: ClosedRange<Duration>) throws(UsageError) -> Duration {
        guard let value = GoDuration.parse(self.text) else {
            throw UsageError("\(self.flag) is a time such as 500ms, 15s or 1h30m, not \(UsageError.quote(self.text))")
        }
        guard value == .zero || range.contains(value) else {
            throw UsageError(
                "\(self.flag) is 0 or \(range.lowerBound.text) to \(range.upperBound.text), not \(UsageError.quote(self.text))"
            )
        }
        return value
    }
}
