import AsyncSockets

/// Work that is done to several servers.
public struct Scenario: Sendable {
    public typealias Body =
        @Sendable (Target, _ stunPort: UInt16, EventLoopGroup, ProcessMeter) async throws -> Report

    public let name: String
    /// Whether a relay between pairs of connections, which reads no frames, can do it.
    let isForPairs: Bool
    let body: Body

    public init(_ name: String, isForPairs: Bool = false, _ body: @escaping Body) {
        self.name = name
        self.isForPairs = isForPairs
        self.body = body
    }
}
