/// The result of a comparison for one goal, and for one contestant if the goal is about others.
public struct Verdict: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        /// Judged by the median of the rounds.
        case reached, missed
        /// Something was relayed wrongly or not at all. No figure counts then.
        case failed
        /// No contestant took part that the goal is about.
        case notMeasured
    }

    public let goal: Goal
    /// The contestant that the figure is compared with; `nil` if there is none, or if the goal is about the figure
    /// itself.
    public let against: String?
    /// The figure, or the ratio of the figures.
    public let measured: Spread?
    /// The figure's unit, if the figure itself counts.
    public let unit: String
    public let outcome: Outcome
    /// The ratio of the figure to the limit's, if no other server took part.
    public let ofLimit: Spread?
}

extension ComparisonReport {
    /// Returns one verdict for each goal, or several if several others took part.
    public func verdicts(on goals: [Goal]) -> [Verdict] {
        goals.flatMap { goal in
            let section = self.sections.first { $0.trial == goal.trial }
            return section?.verdicts(on: goal) ?? [Verdict(goal)]
        }
    }
}

extension ComparisonReport.Section {
    fileprivate func verdicts(on goal: Goal) -> [Verdict] {
        switch goal.measure {
        case .itself:
            let unit = self.figures.first { $0.name == goal.figure }?.unit ?? ""
            return [self.verdict(on: goal, self.spread(goal.figure, column: 0), to: 0, nil, unit)]
        case .times(let role):
            let others = self.columns.indices.dropFirst().filter { self.columns[$0].role == role }
            guard others.isEmpty else {
                return others.map {
                    self.verdict(on: goal, self.ratio(goal.figure, to: $0), to: $0, self.columns[$0].name, "")
                }
            }
            let limit = self.columns.firstIndex { role == .other && $0.role == .limit }.flatMap {
                self.isSuccess($0) ? $0 : nil
            }
            return [Verdict(goal, ofLimit: limit.flatMap { self.ratio(goal.figure, to: $0) })]
        }
    }

    /// Returns whether the measurements of the judged server and of this contestant succeeded.
    private func isSuccess(_ column: Int) -> Bool {
        (self.reports[0] + self.reports[column]).allSatisfy(\.isSuccess)
    }

    private func verdict(
        on goal: Goal,
        _ measured: Spread?,
        to column: Int,
        _ against: String?,
        _ unit: String
    ) -> Verdict {
        guard let measured else { return Verdict(goal, against: against) }
        let isReached = goal.bound.holds(measured.median)
        return Verdict(
            goal: goal,
            against: against,
            measured: measured,
            unit: unit,
            outcome: !self.isSuccess(column) ? .failed : isReached ? .reached : .missed,
            ofLimit: nil
        )
    }
}

extension Verdict {
    fileprivate init(_ goal: Goal, against: String? = nil, ofLimit: Spread? = nil) {
        self.init(goal: goal, against: against, measured: nil, unit: "", outcome: .notMeasured, ofLimit: ofLimit)
    }
}
