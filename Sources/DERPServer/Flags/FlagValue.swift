import AsyncSockets
import DERPKit

/// A flag's value on its way to a type.
struct FlagValue {
    let flag: Flag
    let text: String
    let origin: SettingOrigin

    /// What is wrong with it: `message` follows the flag's name.
    func error(_ message: String) -> UsageError {
        UsageError("\(self.flag.spelling) \(message)", at: self.origin)
    }

    /// It is something else than `wanted`.
    func wrong(_ wanted: String) -> UsageError { self.error("is \(wanted), not \(UsageError.quote(self.text))") }

    /// - Parameter words: What the range is called, if not by its bounds.
    func integer(in range: ClosedRange<Int>, called words: String? = nil) throws(UsageError) -> Int {
        guard let value = Int(self.text), range.contains(value) else {
            let bounds =
                range.upperBound == .max
                ? "a whole number from \(range.lowerBound) on" : "\(range.lowerBound)…\(range.upperBound)"
            throw self.wrong(words ?? bounds)
        }
        return value
    }

    /// A number of bytes in `range`: alone, or with one of the units KiB, MiB, GiB and TiB.
    func byteCount(in range: ClosedRange<Int>) throws(UsageError) -> Int {
        let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)]
        let unit = units.first { self.text.utf8.suffix(3).elementsEqual($0.0.utf8) }
        let digits = self.text.utf8.dropLast(unit == nil ? 0 : 3)
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(String(decoding: digits, as: UTF8.self))
        else { throw self.wrong("a number of bytes such as 64MiB, 1GiB or 1048576") }
        let (value, isOverflow) = number.multipliedReportingOverflow(by: 1 << (unit?.1 ?? 0))
        guard !isOverflow, range.contains(value) else {
            throw self.wrong("\(ByteCount.text(range.lowerBound)) to \(ByteCount.text(range.upperBound))")
        }
        return value
    }

    /// A span in Go's form, zero or in `range`.
    func duration(zeroOr range: ClosedRange<Duration>) throws(UsageError) -> Duration {
        let value = try self.duration(like: range)
        return value == .zero ? value : try self.check(value, in: range, or: "0 or ")
    }

    /// A duration in `range`.
    func duration(in range: ClosedRange<Duration>) throws(UsageError) -> Duration {
        try self.check(self.duration(like: range), in: range, or: "")
    }

    private func duration(like range: ClosedRange<Duration>) throws(UsageError) -> Duration {
        guard let value = GoDuration.parse(self.text) else {
            throw self.wrong("a time such as \(Self.examples(in: range))")
        }
        return value
    }

    /// Times in `range`, for a message.
    private static func examples(in range: ClosedRange<Duration>) -> String {
        let all: [(text: String, time: Duration)] = [
            ("500ms", .milliseconds(500)), ("15s", .seconds(15)), ("1h30m", .seconds(5400)),
        ]
        let texts = all.filter { range.contains($0.time) }.map(\.text)
        guard let last = texts.last else { return range.lowerBound.text }
        return texts.count == 1 ? last : texts.dropLast().joined(separator: ", ") + " or " + last
    }

    private func check(
        _ value: Duration,
        in range: ClosedRange<Duration>,
        or exception: String
    ) throws(UsageError) -> Duration {
        guard range.contains(value) else {
            throw self.wrong("\(exception)\(range.lowerBound.text) to \(range.upperBound.text)")
        }
        return value
    }
}
