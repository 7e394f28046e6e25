import Testing

@testable import SiegeKit

@Suite struct SiegeResultTests {
    private static let millisecond: UInt64 = 1_000_000

    /// One in which everything was reached, with nothing to spare.
    private static func withstood() -> SiegeResult {
        var result = SiegeResult(Attack("quiet", .beforeLogin, "does nothing") { _ in })
        result.idle = PingTimes([UInt64](repeating: Self.millisecond, count: 500))
        // Four of five hundred are above the 99th percentile.
        result.during = PingTimes(
            [UInt64](repeating: 21 * Self.millisecond, count: 496)
                + [UInt64](repeating: 250 * Self.millisecond, count: 4)
        )
        result.before.memory = 10_000_000
        result.before.descriptors = 20
        result.after.memory = 12_000_000
        result.after.descriptors = 20
        result.newcomers.tried = 2
        result.newcomers.times = [1, 2]
        return result
    }

    @Test func allIsReachedAtTheLimits() {
        #expect(Self.withstood().shortcomings == [])
    }

    @Test(
        arguments: [
            ("p99", { $0.during = PingTimes([UInt64](repeating: 21 * millisecond + 1, count: 500)) }),
            ("worst", { $0.during = PingTimes([UInt64](repeating: 1, count: 499) + [250 * millisecond + 1]) }),
            ("1 pings lost", { $0.during = PingTimes([1, 1], lost: 1) }),
            ("nothing was measured", { $0.during = PingTimes([]) }),
            ("memory", { $0.after.memory += 1 }),
            ("descriptors", { $0.after.descriptors += 1 }),
            ("1 newcomers kept out", { $0.newcomers.times = [1] }),
            ("1 bystanders lost their connection", { $0.endedBystanders = 1 }),
            ("the server died", { $0.hasDied = true }),
            ("a stranger got in", { $0.account.failures = ["a stranger got in"] }),
        ] as [(String, @Sendable (inout SiegeResult) -> Void)]
    )
    func eachShortcomingIsTold(_ expected: String, _ change: @Sendable (inout SiegeResult) -> Void) {
        var result = Self.withstood()
        change(&result)
        #expect(result.shortcomings == [expected])
    }

    @Test func newcomersMayBeKeptOutWhereThatIsSaid() {
        var result = SiegeResult(
            Attack("greedy", .beforeLogin, "takes all", newcomersMayFail: "nothing is left") { _ in }
        )
        result.during = PingTimes([1])
        result.newcomers.tried = 1
        #expect(result.shortcomings == [])
    }

    @Test func aReportSaysWhetherAllWasReached() {
        var report = SiegeReport(title: "A siege")
        report.add(Self.withstood())
        #expect(report.isReached)
        #expect(report.markdown.contains("1 of 1 attacks are withstood"))
        report.add(failure: "no descriptors", of: Attack("late", .beforeLogin, "comes late") { _ in })
        #expect(!report.isReached)
        #expect(report.markdown.contains("1 of 2 attacks are withstood"))
    }
}
