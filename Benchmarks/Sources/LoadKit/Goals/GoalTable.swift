/// A table of the goals, the measured values, and whether these are good enough.
public struct GoalTable: Sendable {
    public let verdicts: [Verdict]

    public init(_ verdicts: [Verdict]) {
        self.verdicts = verdicts
    }

    /// The table for a terminal.
    public var text: String { TextTable.lines(self.rows) }

    public var markdown: String { MarkdownTable.lines(self.rows) }

    private var rows: [[String]] {
        [["goal", "to reach", "measured", "reached"]]
            + self.verdicts.map { [$0.goal.what, $0.wanted, $0.found, $0.word] }
    }
}

extension Verdict {
    fileprivate var wanted: String {
        let parts =
            switch self.goal.measure {
            case .itself: ["\(self.goal.bound)", self.unit]
            case .times(let role): ["\(self.goal.bound)", "×", self.against ?? role.phrase]
            }
        return parts.filter { !$0.isEmpty }.joined(separator: " ")
    }

    fileprivate var found: String {
        if let measured { return measured.description }
        return self.ofLimit.map { "of the limit: \($0)" } ?? "–"
    }

    fileprivate var word: String {
        switch self.outcome {
        case .reached where self.goal.bound == .watched: "no goal"
        case .reached: "yes"
        case .missed: "no"
        case .failed: "no, the run failed"
        case .notMeasured: "not measured"
        }
    }
}

extension Contestant.Role {
    fileprivate var phrase: String {
        switch self {
        case .subject, .baseline: "the same server"
        case .other: "another server"
        case .limit: "the limit"
        case .proxy: "a proxy"
        }
    }
}
