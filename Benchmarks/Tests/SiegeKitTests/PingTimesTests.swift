import Testing

@testable import SiegeKit

@Suite struct PingTimesTests {
    @Test func percentilesAreNearestRanks() {
        let times = PingTimes((1...200).shuffled().map { UInt64($0) })
        #expect(times.median == 100)
        #expect(times.p99 == 198)
        #expect(times.worst == 200)
        #expect(times.percentile(1) == 200)
        #expect(times.percentile(0.001) == 1)
    }

    @Test func oneOfOneIsEverything() {
        let times = PingTimes([7])
        #expect(times.median == 7)
        #expect(times.p99 == 7)
        #expect(times.worst == 7)
    }

    @Test func nothingHasNoPercentile() {
        let times = PingTimes([])
        #expect(times.p99 == nil)
        #expect(times.worst == nil)
    }
}
