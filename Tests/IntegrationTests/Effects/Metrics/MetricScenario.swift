import TestSupport
import Testing

/// Something that happens, and the series that it moves.
struct MetricScenario: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let moves: [MetricSeries]
    private let play: @Sendable (MetricStage) throws -> Void

    init(_ what: String, moves: [MetricSeries], _ play: @escaping @Sendable (MetricStage) throws -> Void) {
        self.testDescription = what
        self.moves = moves
        self.play = play
    }

    /// Plays it, and expects that every one of its series comes to have another value than before, or came or went.
    func verify(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let stage = MetricStage()
        try withExtendedLifetime(stage) {
            try self.play(stage)
            var unmoved: [MetricSeries] = []
            let isOver = try Look.comes(within: Deadline.answer) {
                unmoved = try stage.unmoved(of: self.moves)
                return unmoved.isEmpty
            }
            #expect(isOver, "not moved: \(unmoved)", sourceLocation: sourceLocation)
        }
    }
}
