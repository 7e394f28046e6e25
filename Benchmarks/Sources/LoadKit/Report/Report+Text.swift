extension Report {
    /// The report as lines for people.
    public var text: String {
        var lines = [self.scenario]
        let width = self.figures.map(\.name.count).max() ?? 0
        for figure in self.figures {
            let name = figure.name + String(repeating: " ", count: width - figure.name.count)
            lines.append("  \(name)  \(Self.format(figure.value)) \(figure.unit)")
        }
        if !self.faults.isEmpty { lines.append("  FAULTS: \(self.faults)") }
        lines += self.failures.map { "  FAILED: \($0)" }
        lines += self.warnings.map { "  warning: \($0)" }
        return lines.joined(separator: "\n")
    }

    /// Formats a number with about three digits, and with separators between thousands.
    public static func format(_ value: Double) -> String {
        let size = abs(value)
        let decimals = size >= 100 || value == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
        let scale = [1.0, 10, 100, 1000][decimals]
        let scaled = (size * scale).rounded()
        guard scaled < 1e15 else { return String(value) }
        var whole = String(Int(scaled / scale))
        var place = whole.count - 3
        while place > 0 {
            whole.insert(" ", at: whole.index(whole.startIndex, offsetBy: place))
            place -= 3
        }
        let sign = value < 0 ? "-" : ""
        guard decimals > 0 else { return sign + whole }
        let fraction = String(Int(scaled.truncatingRemainder(dividingBy: scale)))
        return sign + whole + "." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
}
