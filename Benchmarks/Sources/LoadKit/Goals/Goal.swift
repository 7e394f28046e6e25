/// A goal of the judged server in a trial.
public struct Goal: Hashable, Sendable {
    /// What the figure is compared with.
    public enum Measure: Hashable, Sendable {
        /// Nothing: the figure itself counts.
        case itself
        /// Every contestant of this role. The figure counts as a multiple of theirs.
        case times(Contestant.Role)
    }

    public enum Bound: Hashable, Sendable {
        case atLeast(Double)
        case atMost(Double)
        /// No goal: a number to watch.
        case watched
    }

    /// A description for people.
    public let what: String
    /// The name of the trial.
    public let trial: String
    /// The name of the figure.
    public let figure: String
    public let measure: Measure
    public let bound: Bound

    public init(_ what: String, _ trial: String, _ figure: String, _ measure: Measure, _ bound: Bound) {
        self.what = what
        self.trial = trial
        self.figure = figure
        self.measure = measure
        self.bound = bound
    }
}

extension Goal.Bound {
    func holds(_ value: Double) -> Bool {
        switch self {
        case .atLeast(let least): value >= least
        case .atMost(let most): value <= most
        case .watched: true
        }
    }
}

extension Goal.Bound: CustomStringConvertible {
    /// A text such as `≥ 2.5`; empty if there is no goal.
    public var description: String {
        switch self {
        case .atLeast(let value): "≥ \(Self.format(value))"
        case .atMost(let value): "≤ \(Self.format(value))"
        case .watched: ""
        }
    }

    private static func format(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
