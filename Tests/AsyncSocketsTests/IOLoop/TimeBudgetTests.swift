import Testing

@testable import AsyncSockets

@Suite("Time for turns")
struct TimeBudgetTests {
    private static let microsecond: UInt64 = 1000

    /// How much of 10 s turns get on a loop on which others work for `others` in each tick, and a turn takes `turn`.
    private static func share(others: UInt64, turn: UInt64) -> Double {
        var budget = TimeBudget()
        var now: UInt64 = 1_000_000_000
        var spent: UInt64 = 0
        let end = now + 10_000_000_000
        while now < end {
            now += others
            let allowance = budget.allowance(now: now, isContended: true)
            var taken: UInt64 = 0
            while taken < allowance { taken += turn }
            budget.spend(taken, isContended: true)
            spent += taken
            now += taken
        }
        return Double(spent) / 10e9
    }

    @Test(
        "while others always have work, turns take their share of the time, however long a tick or a turn",
        arguments: [10, 100, 1000],
        [5, 150, 2000, 120_000]
    )
    func contended(others: UInt64, turn: UInt64) {
        let share = Self.share(others: others * Self.microsecond, turn: turn * Self.microsecond)
        // The first turn is taken on credit.
        #expect((TimeBudget.share - 0.01...TimeBudget.share + 0.02).contains(share))
    }

    @Test("while nobody else has work, turns are taken in slices, and owe nothing afterwards")
    func uncontended() {
        var budget = TimeBudget()
        let slice = TimeBudget.slice.nanoseconds
        var now: UInt64 = 1_000_000_000
        for _ in 0..<1000 {
            #expect(budget.allowance(now: now, isContended: false) == slice)
            budget.spend(slice, isContended: false)
            now += slice
        }
        #expect(budget.allowance(now: now, isContended: true) > 0)
    }

    @Test("after a long pause no more than a millisecond is taken at once")
    func burst() {
        var budget = TimeBudget()
        _ = budget.allowance(now: 0, isContended: true)
        #expect(budget.allowance(now: 1 << 60, isContended: true) == 1_000_000)
    }

    @Test("a clock that stands still, or goes back, gives nothing")
    func standingClock() {
        var budget = TimeBudget()
        budget.spend(budget.allowance(now: 5_000_000_000, isContended: true), isContended: true)
        #expect(budget.allowance(now: 5_000_000_000, isContended: true) == 0)
        #expect(budget.allowance(now: 4_000_000_000, isContended: true) == 0)
    }

    @Test("a thread that had to wait for a processor rests for as long, at most 10 ms")
    func rest() {
        var budget = TimeBudget()
        // 0.4 ms are nothing to speak of.
        budget.note(650_000, used: 250_000, now: 1_000_000_000)
        #expect(budget.restEnd == 0 && budget.millisecondsOfRest(now: 1_000_000_000) == 0)
        budget.note(3_250_000, used: 250_000, now: 1_000_000_000)
        #expect(budget.restEnd == 1_003_000_000)
        #expect(budget.millisecondsOfRest(now: 1_000_500_000) == 3)
        #expect(budget.millisecondsOfRest(now: 1_003_000_000) == 0)
        budget.note(1_000_000_000, used: 0, now: 2_000_000_000)
        #expect(budget.restEnd == 2_010_000_000)
        // Clocks of different kinds needn't agree.
        budget.note(1000, used: 2000, now: 3_000_000_000)
        #expect(budget.restEnd == 2_010_000_000)
    }
}
