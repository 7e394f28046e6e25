/// What a comparison says of one goal, against one contestant where it is about others.
public struct Verdict: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        /// By the median of the rounds.
        case reached, missed
        /// Something was relayed wrongly, or not at all: no figure counts then.
        case failed
        /// Nobody took part that the goal is about.
        case notMeasured
    }

    public let goal: Goal
    /// Whom the figure was held against; `nil` when nobody, or for a goal about the figure itself.
    public let against: String?
    /// The figure, or the ratio of the figures.
    public let measured: Spread?
    /// The figure's unit, when it counts as it is.
    public let unit: String
    public let outcome: Outcome
    /// Where no other server took part: how the figure stands to the limit's.
    public let ofLimit: Spread?
}

extension ComparisonReport {
    /// One verdict for each goal, or several where several others took part.
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

    /// Whether nothing went wrong with the judged server, and with this contestant.
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
