import IPAddresses

/// A duration as Go writes it: `300ms`, `15s`, `1h30m`, `1.5h`.
enum GoDuration {
    /// Nanoseconds in each unit.
    private static let units: [String: Int64] = [
        "ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 1_000_000, "s": 1_000_000_000,
        "m": 60_000_000_000, "h": 3_600_000_000_000,
    ]

    /// The duration, exact to the nanosecond; `nil` if the text isn't one, or it is negative or longer than 292 years.
    static func parse(_ text: String) -> Duration? {
        var rest = text.rest(after: "+") ?? text[...]
        if rest == "0" { return .zero }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            let number = rest[..<(rest.utf8.firstIndex { !Self.isNumeric($0) } ?? rest.endIndex)]
            let tail = rest[number.endIndex...]
            let unit = tail[..<(tail.utf8.firstIndex(where: Self.isNumeric) ?? tail.endIndex)]
            rest = tail[unit.endIndex...]
            guard let scale = Self.units[String(unit)], let part = Self.scale(number, by: scale) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow else { return nil }
            total = sum
        }
        return .nanoseconds(total)
    }

    private static func isNumeric(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// `number`, digits with at most one point among them, times `scale`.
    private static func scale(_ number: Substring, by scale: Int64) -> Int64? {
        let parts = number.parts(at: ".", atMost: 2)
        guard let whole = parts.first, number != ".", !number.isEmpty else { return nil }
        guard let units = whole.isEmpty ? 0 : Int64(whole) else { return nil }
        let (product, overflow) = units.multipliedReportingOverflow(by: scale)
        guard !overflow else { return nil }
        guard parts.count == 2, !parts[1].isEmpty else { return product }
        // Further digits are below a nanosecond, even of an hour.
        guard let fraction = Double("0." + parts[1].prefix(15)), !parts[1].holds(".") else { return nil }
        let (sum, carried) = product.addingReportingOverflow(Int64(fraction * Double(scale)))
        return carried ? nil : sum
    }
}
