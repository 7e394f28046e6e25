import Testing

@testable import DERPKit

@Suite("How long a client waits before it connects again")
struct ReconnectDelaysTests {
    private let now = ContinuousClock.now
    private let failure = DERPError(.connection, "connect: connection refused")
    private static func most(_ range: ClosedRange<Double>) -> Double { range.upperBound }
    private static func least(_ range: ClosedRange<Double>) -> Double { range.lowerBound }

    @Test("each failure doubles the delay, up to the most")
    func growth() {
        var delays = ReconnectDelays(.init())
        let all = (0..<100).map { _ in delays.afterFailure(self.failure, now: self.now, chance: Self.most) }
        let expected = [100, 200, 400, 800, 1600, 3200, 5000].map { Duration.milliseconds($0) }
        #expect(Array(all[..<7]) == expected)
        #expect(all.last == .seconds(5))
        #expect(delays.afterFailure(self.failure, now: self.now, chance: Self.least) == .milliseconds(2500))
    }

    @Test("only a connection that lasted begins them again, not one that was let in and closed")
    func reset() {
        var delays = ReconnectDelays(.init())
        func loss(after lifetime: Duration) -> Duration {
            delays.afterLoss(lifetime: lifetime, farewell: nil, now: self.now, chance: Self.most)
        }
        #expect(loss(after: .seconds(1)) == .milliseconds(100))
        #expect(loss(after: .seconds(9)) == .milliseconds(200))
        #expect(loss(after: .zero) == .milliseconds(400))
        #expect(loss(after: .seconds(10)) == .milliseconds(100))
        #expect(loss(after: .zero) == .milliseconds(200))
    }

    @Test("a refused client waits long, each time, and whatever the server asked for")
    func refused() {
        var delays = ReconnectDelays(.init())
        let refusal = DERPError(.refused, "the server says: no")
        let farewell = ReconnectDelays.Farewell(reconnectAfter: .zero, tryFor: .seconds(30))
        _ = delays.afterLoss(lifetime: .seconds(60), farewell: farewell, now: self.now)
        for _ in 0..<3 {
            #expect(delays.afterFailure(refusal, now: self.now, chance: Self.least) == .seconds(30))
            #expect(delays.afterFailure(refusal, now: self.now, chance: Self.most) == .seconds(100))
        }
    }

    @Test("a server that stops is tried when it says, and at least once a second for as long as it says")
    func farewell() {
        var delays = ReconnectDelays(.init())
        let farewell = ReconnectDelays.Farewell(reconnectAfter: .seconds(2), tryFor: .seconds(30))
        #expect(
            delays.afterLoss(lifetime: .seconds(60), farewell: farewell, now: self.now, chance: Self.most)
                == .milliseconds(2100)
        )
        let early = (2..<32).map { second in
            delays.afterFailure(self.failure, now: self.now + .seconds(second), chance: Self.most)
        }
        #expect(Array(early[..<4]) == [200, 400, 800, 1000].map { Duration.milliseconds($0) })
        #expect(early.last == .seconds(1))
        #expect(delays.afterFailure(self.failure, now: self.now + .seconds(32), chance: Self.most) == .seconds(5))
    }

    @Test("a server can't keep a client away for long, nor have it come again without end")
    func abuse() {
        var delays = ReconnectDelays(.init())
        let farewell = ReconnectDelays.Farewell(reconnectAfter: .seconds(4_000_000), tryFor: .seconds(4_000_000))
        func loss() -> Duration {
            delays.afterLoss(lifetime: .zero, farewell: farewell, now: self.now, chance: Self.most)
        }
        #expect(loss() == .milliseconds(60_100))
        #expect(loss() == .milliseconds(200))
        #expect(loss() == .milliseconds(400))
        #expect(
            delays.afterFailure(self.failure, now: self.now + .seconds(1000), chance: Self.most) == .milliseconds(800)
        )
    }
}
