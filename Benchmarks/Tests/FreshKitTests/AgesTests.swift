import Testing

@testable import FreshKit

@Suite struct AgesTests {
    @Test func percentilesAreNearestRanks() {
        let ages = Ages((1...200).shuffled().map(Double.init))
        #expect(ages.median == 100)
        #expect(ages.p99 == 198)
        #expect(ages.most == 200)
        #expect(ages.percentile(0.001) == 1)
    }

    @Test func nothingHasNoPercentile() {
        let ages = Ages([Double]())
        #expect(ages.median == nil)
        #expect(ages.most == nil)
    }

    @Test func agesOfArrivalsAreInMilliseconds() {
        let arrival = Arrival(flow: 0, sequence: 0, sent: 1_000_000, arrived: 3_500_000, size: 100, position: 0)
        #expect(Ages([arrival]).median == 2.5)
    }
}
