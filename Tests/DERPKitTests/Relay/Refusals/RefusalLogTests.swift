import Testing

@testable import DERPKit

@Suite("The log of refusals")
struct RefusalLogTests {
    private static let second: UInt64 = 1_000_000_000

    @Test("ten of a reason at once, then one every ten seconds, with how many were left out")
    func limit() {
        let log = RefusalLog()
        for _ in 0..<10 { #expect(log.take(.denyList, now: Self.second) == 0) }
        for _ in 0..<1000 { #expect(log.take(.denyList, now: Self.second) == nil) }
        #expect(log.take(.denyList, now: 11 * Self.second) == 1000)
        #expect(log.take(.denyList, now: 11 * Self.second) == nil)
        #expect(log.take(.denyList, now: 21 * Self.second) == 1)
    }

    @Test("reasons don't stand in for each other")
    func reasons() {
        let log = RefusalLog()
        for _ in 0..<11 { _ = log.take(.denyList, now: 1) }
        for kind in AdmissionDecision.Reason.Kind.allCases where kind != .denyList {
            #expect(log.take(kind, now: 1) == 0)
        }
    }
}
