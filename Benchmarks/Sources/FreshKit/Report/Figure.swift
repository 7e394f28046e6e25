/// Formats numbers for people.
enum Figure {
    /// Returns a number with as many decimals as given, and a dash if there is none.
    static func decimal(_ value: Double?, _ decimals: Int) -> String {
        guard let value, value.isFinite, abs(value) < 1e12 else { return "–" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int((abs(value) * scale).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return "\(sign)\(scaled)" }
        let fraction = String(scaled % Int(scale))
        return "\(sign)\(scaled / Int(scale))." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }

    /// Returns a number without a fraction that says nothing: `4`, `0.5`.
    static func short(_ value: Double) -> String {
        value == value.rounded() ? Self.decimal(value, 0) : "\(value)"
    }

    /// Returns milliseconds, with a decimal where they are few.
    static func milliseconds(_ value: Double?) -> String { Self.decimal(value, value.map { $0 < 10 } ?? false ? 1 : 0) }

    /// Returns a share of 1 in percent.
    static func percent(_ value: Double?) -> String { Self.decimal(value.map { $0 * 100 }, 1) }

    static func kibibytes(_ bytes: Double?) -> String { Self.decimal(bytes.map { $0 / 1024 }, 1) }
}
