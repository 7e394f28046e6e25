import AsyncSockets

/// The load on a server.
public struct Scenario: Sendable {
    public typealias Body =
        @Sendable (Target, _ stunPort: UInt16, IOLoopGroup, ProcessMeter) async throws -> Report

    /// Whether a relay between pairs of connections, which doesn't read frames, can serve it.
    let isForPairs: Bool
    let body: Body

    public init(isForPairs: Bool = false, _ body: @escaping Body) {
        self.isForPairs = isForPairs
        self.body = body
    }
}
