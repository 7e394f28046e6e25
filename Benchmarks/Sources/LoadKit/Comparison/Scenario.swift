import AsyncSockets

/// Work that is done to several servers.
public struct Scenario: Sendable {
    public typealias Body =
        @Sendable (Target, _ stunPort: UInt16, EventLoopGroup, ProcessMeter) async throws -> Report

    public let name: String
    let body: Body

    public init(_ name: String, _ body: @escaping Body) {
        self.name = name
        self.body = body
    }
}
