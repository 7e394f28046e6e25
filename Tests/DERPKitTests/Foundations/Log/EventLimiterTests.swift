import Testing

@testable import DERPKit

@Suite("Event limiter")
struct EventLimiterTests {
    private static let second: UInt64 = 1_000_000_000

    /// Whether each of notices at these times, in nanoseconds, may go out.
    private func answers(_ times: [UInt64]) -> [Bool] {
        var limiter = EventLimiter(burst: 3, interval: Self.second)
        var answers: [Bool] = []
        for time in times { answers.append(limiter.take(now: time)) }
        return answers
    }

    @Test("three notices go out at once, then one a second")
    func threeThenOne() {
        let start = 5 * Self.second
        #expect(self.answers([UInt64](repeating: start, count: 5)) == [true, true, true, false, false])
        let later = [start, start, start, start + Self.second - 1, start + Self.second, start + Self.second]
        #expect(self.answers(later) == [true, true, true, false, true, false])
    }

    @Test("over a long time it is one a second and the burst, however often it is asked")
    func rate() {
        #expect(self.answers((0...100_000).map { $0 * 1_000_000 }).filter { $0 }.count == 103)
    }

    @Test("values at the ends of their ranges don't overflow")
    func extremes() {
        var endless = EventLimiter(burst: .max, interval: .max)
        var strict = EventLimiter(burst: 1, interval: .max)
        #expect(endless.take(now: 0) && endless.take(now: 1))
        #expect(strict.take(now: 1) && !strict.take(now: 1 << 40))
        var free = EventLimiter(burst: 1, interval: 0)
        #expect((0..<100).allSatisfy { _ in free.take(now: 7) })
    }

    @Test("after a pause there are three again, and no more")
    func pause() {
        let times = [UInt64](repeating: Self.second, count: 4) + [UInt64](repeating: 100 * Self.second, count: 4)
        #expect(self.answers(times) == [true, true, true, false, true, true, true, false])
    }
}
