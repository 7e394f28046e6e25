import Logging

/// The log lines that others can cause as often as they like. Each kind has its own limit.
struct RelayLines: Sendable {
    /// A mesh peer had a client's connections closed.
    let closings: LimitedLine
    /// There were no descriptors left for a connection.
    let shortages: LimitedLine
    /// A trusted proxy sent no PROXY header.
    let proxies: LimitedLine
    /// A process of another user wanted to take over.
    let strangers: LimitedLine
    /// A process that wanted to take over failed.
    let takeovers: LimitedLine
    /// A client was admitted although nobody could be asked about it.
    let unverified: LimitedLine
    /// A client was refused. One line per reason.
    private let refusals: [LimitedLine]

    init(_ logger: Logger) {
        self.closings = LimitedLine(logger)
        self.shortages = LimitedLine(logger)
        self.proxies = LimitedLine(logger)
        self.strangers = LimitedLine(logger)
        self.takeovers = LimitedLine(logger)
        self.unverified = LimitedLine(logger)
        self.refusals = AdmissionDecision.Reason.Kind.allCases.map { _ in LimitedLine(logger) }
    }

    func refusals(for kind: AdmissionDecision.Reason.Kind) -> LimitedLine { self.refusals[kind.rawValue] }

    /// Logs the lines that were left out so far, because the relay stops.
    func flush() {
        let lines = [self.closings, self.shortages, self.proxies, self.strangers, self.takeovers, self.unverified]
        lines.forEach { $0.flush() }
        self.refusals.forEach { $0.flush() }
    }
}
