/// The distribution of the values of several rounds.
public struct Spread: Codable, Hashable, Sendable, CustomStringConvertible {
    public let median: Double
    public let lowest: Double
    public let highest: Double

    /// Makes a spread; `nil` if there are no values.
    public init?(_ values: [Double]) {
        let sorted = values.sorted()
        guard let lowest = sorted.first, let highest = sorted.last else { return nil }
        let middle = sorted.count / 2
        self.median = sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
        self.lowest = lowest
        self.highest = highest
    }

    /// A text such as `1.50 (1.23…1.80)`, or just the value if there is only one.
    public var description: String {
        let median = Report.format(self.median)
        guard self.lowest < self.highest else { return median }
        return "\(median) (\(Report.format(self.lowest))…\(Report.format(self.highest)))"
    }
}
