import TestSupport
import Testing

@testable import AsyncSockets
@testable import DERPKit

/// Nobody holds a loop by sending without end, and deadlines come whatever is sent: in each state of each protocol, at both
/// ends. That every read loop is one of those is for scripts/check-source to say.
@Suite("Turns", .serialized, .light, .timeLimit(.minutes(5)))
struct TurnTests {
    /// How few turns would be a loop that is held: one that isn't has hundreds.
    private static let fewTurns = 3
    /// More than the buffers of a connection hold, and what is read in a turn.
    private static let mostBytes: UInt64 = 24 << 20
    /// When a case counts as one that never ends.
    private static let patience: Duration = .seconds(20) * Sanitizer.slowness

    @Test("others have turns, and the deadline ends it", arguments: TurnCase.relay)
    func relay(_ row: TurnCase) async throws { try await Self.play(row) }

    @Test("others have turns, and the deadline ends it", arguments: TurnCase.derpClient)
    func client(_ row: TurnCase) async throws { try await Self.play(row) }

    @Test("others have turns, and the deadline ends it", arguments: TurnCase.others)
    func others(_ row: TurnCase) async throws { try await Self.play(row) }

    private static func play(_ row: TurnCase) async throws {
        let stage = try Stage(row.end)
        let start = ContinuousClock.now
        try await row.run(stage)
        try await stage.waitUntilOver()
        #expect(.now - start < self.patience)
        let sight = stage.sight()
        #expect(sight.mostBytes < self.mostBytes)
        switch row.end {
        case .nothing:
            #expect(!stage.flood.wasEnded, "what is allowed may go on")
            #expect(sight.turns > self.fewTurns)
        case .deadline:
            #expect(stage.flood.wasEnded)
            #expect(.now - start > TurnCase.deadline - .milliseconds(50), "no deadline comes early")
            #expect(sight.turns > self.fewTurns)
        case .refusal:
            #expect(stage.flood.wasEnded)
        }
    }
}
