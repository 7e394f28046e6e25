import AsyncSockets
import Testing

@testable import LoadKit

@Suite("Goals")
struct GoalTests {
    private static let recipe = try? ServerRecipe("ours=serve {port}")

    /// A section of one trial, "work", whose contestants have these values of the figure "speed", round by round.
    private func report(
        _ values: [(name: String, role: Contestant.Role, rounds: [Double])],
        faulty: Set<Int> = []
    ) throws -> ComparisonReport {
        let recipe = try #require(Self.recipe)
        let idle = Scenario { _, _, _, _ in Report("idle") }
        var report = ComparisonReport()
        report.begin(Trial("work", values.map { Contestant($0.role, recipe, idle, name: $0.name) }))
        for (column, value) in values.enumerated() {
            for number in value.rounds {
                var one = Report("work")
                one.add("speed", number, "m/s", .higher)
                one.faults.corrupt = faulty.contains(column) ? 1 : 0
                report.add(one, column: column)
            }
        }
        return report
    }

    private func goal(_ measure: Goal.Measure, _ bound: Goal.Bound) -> Goal {
        Goal("being fast", "work", "speed", measure, bound)
    }

    @Test("A figure counts as it is, by its median")
    func itself() throws {
        let report = try self.report([("ours", .subject, [9, 20, 12])])
        let verdicts = report.verdicts(on: [self.goal(.itself, .atMost(12)), self.goal(.itself, .atLeast(12.5))])
        #expect(verdicts.map(\.outcome) == [.reached, .missed])
        #expect(verdicts[0].measured == Spread([9, 12, 20]))
        #expect(verdicts[0].unit == "m/s")
    }

    @Test("Ratios are taken round by round, so that what hits both in a round doesn't count")
    func ratio() throws {
        let report = try self.report([
            ("ours", .subject, [10, 2, 30]), ("a", .other, [5, 1, 10]), ("limit", .limit, [10, 4, 60]),
        ])
        let goals = [self.goal(.times(.other), .atLeast(2)), self.goal(.times(.limit), .atLeast(0.9))]
        let verdicts = report.verdicts(on: goals)
        #expect(verdicts.map(\.outcome) == [.reached, .missed])
        #expect(verdicts[0].measured == Spread([2, 2, 3]))
        #expect(verdicts[1].measured == Spread([1, 0.5, 0.5]))
        #expect(verdicts.map(\.against) == ["a", "limit"])
    }

    @Test("Each other server has a row of its own")
    func severalOthers() throws {
        let report = try self.report([("ours", .subject, [4]), ("a", .other, [1]), ("b", .other, [3])])
        let verdicts = report.verdicts(on: [self.goal(.times(.other), .atLeast(2))])
        #expect(verdicts.map(\.against) == ["a", "b"])
        #expect(verdicts.map(\.outcome) == [.reached, .missed])
    }

    @Test("Without another server a row says so, and tells how much of the limit it is")
    func nobodyElse() throws {
        let report = try self.report([("ours", .subject, [9]), ("limit", .limit, [10])])
        let verdicts = report.verdicts(on: [self.goal(.times(.other), .atLeast(2))])
        #expect(verdicts.map(\.outcome) == [.notMeasured])
        #expect(verdicts[0].ofLimit == Spread([0.9]))
        let table = GoalTable(verdicts).markdown
        #expect(table.contains("| being fast | ≥ 2 × another server | of the limit: 0.900 | not measured |"))
    }

    @Test("A trial that didn't take place is not measured")
    func noTrial() throws {
        let goal = Goal("resting", "rest", "speed", .itself, .atMost(1))
        let verdicts = try self.report([("ours", .subject, [1])]).verdicts(on: [goal])
        #expect(verdicts.map(\.outcome) == [.notMeasured])
    }

    @Test("However fast, what is wrong reaches nothing, and a third one's faults don't matter")
    func wrong() throws {
        let values: [(String, Contestant.Role, [Double])] = [
            ("ours", .subject, [100]), ("a", .other, [1]), ("limit", .limit, [100]),
        ]
        let goals = [
            self.goal(.itself, .atLeast(1)), self.goal(.times(.other), .atLeast(1)),
            self.goal(.times(.limit), .atLeast(1)),
        ]
        func outcomes(_ faulty: Int) throws -> [Verdict.Outcome] {
            try self.report(values, faulty: [faulty]).verdicts(on: goals).map(\.outcome)
        }
        #expect(try outcomes(0) == [.failed, .failed, .failed])
        #expect(try outcomes(1) == [.reached, .failed, .reached])
        #expect(try outcomes(2) == [.reached, .reached, .failed])
    }
}
