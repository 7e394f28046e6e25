extension ComparisonReport {
    /// Returns a line for each contestant through the medians of some trials.
    ///
    /// - Parameters:
    ///   - trials: The names of the trials, in any order.
    ///   - x: The figure on the horizontal axis.
    ///   - y: The figure on the vertical axis.
    public func lines(_ trials: [String], x: String, y: String) -> [LinePlot.Line] {
        let chosen = self.sections.filter { trials.contains($0.trial) }
        var names: [String] = []
        for name in chosen.flatMap(\.columns).map(\.name) where !names.contains(name) { names.append(name) }
        return names.map { name in
            let points = chosen.compactMap { section -> (Double, Double)? in
                guard let column = section.columns.firstIndex(where: { $0.name == name }),
                    let x = section.spread(x, column: column), let y = section.spread(y, column: column)
                else { return nil }
                return (x.median, y.median)
            }
            return LinePlot.Line(name, points)
        }
    }

    /// Returns a line for each contestant through the latencies of a trial's first round. The axis counts nines: 1 is
    /// 90 %.
    public func percentileLines(_ trial: String) -> [LinePlot.Line] {
        guard let section = self.sections.first(where: { $0.trial == trial }) else { return [] }
        return zip(section.columns, section.reports).compactMap { column, reports in
            guard let percentiles = reports.first?.percentiles else { return nil }
            return LinePlot.Line(
                column.name,
                percentiles.compactMap { one in
                    Self.nines[one.percentile].map { ($0, one.microseconds) }
                }
            )
        }
    }

    /// Where percentiles are on an axis on which each further nine takes as much space.
    private static let nines: [Double: Double] = [
        0: 0, 50: 0.301, 75: 0.602, 90: 1, 95: 1.301, 99: 2, 99.9: 3, 99.99: 4,
    ]

    /// The names of the places of ``percentileLines(_:)``.
    public static let percentileMarks = [50, 90, 99, 99.9, 99.99].compactMap { percentile in
        Self.nines[percentile].map { place in
            LinePlot.Mark(place, percentile == percentile.rounded() ? "\(Int(percentile)) %" : "\(percentile) %")
        }
    }
}
