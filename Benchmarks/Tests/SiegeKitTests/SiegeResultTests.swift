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

    /// One change for the worse, and what is said of it.
    struct Worse: Sendable {
        let told: String
        let change: @Sendable (inout SiegeResult) -> Void

        init(_ told: String, _ change: @escaping @Sendable (inout SiegeResult) -> Void) {
            self.told = told
            self.change = change
        }

        static let all = [
            Self("p99") { $0.during = PingTimes([UInt64](repeating: 21 * millisecond + 1, count: 500)) },
            Self("worst") { $0.during = PingTimes([UInt64](repeating: 1, count: 499) + [250 * millisecond + 1]) },
            Self("1 pings lost") { $0.during = PingTimes([1, 1], lost: 1) },
            Self("nothing was measured") { $0.during = PingTimes([]) },
            Self("memory") { $0.after.memory += 1 },
            Self("descriptors") { $0.after.descriptors += 1 },
            Self("1 newcomers kept out") { $0.newcomers.times = [1] },
            Self("1 bystanders lost their connection") { $0.endedBystanders = 1 },
            Self("the server died") { $0.hasDied = true },
            Self("a stranger got in") { $0.account.failures = ["a stranger got in"] },
        ]
    }

    @Test(arguments: Worse.all) func eachShortcomingIsTold(_ worse: Worse) {
        var result = Self.withstood()
        worse.change(&result)
        #expect(result.shortcomings == [worse.told])
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
