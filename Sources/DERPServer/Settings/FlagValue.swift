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
        let value = try self.duration()
        return value == .zero ? value : try self.check(value, in: range, or: "0 or ")
    }

    /// A duration in `range`.
    func duration(in range: ClosedRange<Duration>) throws(UsageError) -> Duration {
        try self.check(self.duration(), in: range, or: "")
    }

    private func duration() throws(UsageError) -> Duration {
        guard let value = GoDuration.parse(self.text) else {
            throw UsageError("\(self.flag) is a time such as 500ms, 15s or 1h30m, not \(UsageError.quote(self.text))")
        }
        return value
    }

    private func check(
        _ value: Duration,
        in range: ClosedRange<Duration>,
        or exception: String
    ) throws(UsageError) -> Duration {
        guard range.contains(value) else {
            let allowed = "\(exception)\(range.lowerBound.text) to \(range.upperBound.text)"
            throw UsageError("\(self.flag) is \(allowed), not \(UsageError.quote(self.text))")
        }
        return value
    }
}
