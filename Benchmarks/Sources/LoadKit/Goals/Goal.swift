/// What the judged server is to reach in a trial.
public struct Goal: Hashable, Sendable {
    /// What its figure is held against.
    public enum Measure: Hashable, Sendable {
        /// Nothing: the figure counts as it is.
        case itself
        /// Every contestant of this role; the figure counts as a multiple of theirs.
        case times(Contestant.Role)
    }

    public enum Bound: Hashable, Sendable {
        case atLeast(Double)
        case atMost(Double)
        /// No goal: a number to watch.
        case watched
    }

    /// For a person.
    public let what: String
    /// The trial's name.
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
    /// `≥ 2.5`; empty for none.
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
