import Logging
import Synchronization
import TestSupport
import Testing

@testable import DERPKit

@Suite("Lines that others can cause", .timeLimit(.minutes(1)))
struct LimitedLineTests {
    @Test("ten are said at once, the others counted, and the last one said too when nobody will be there")
    func burst() {
        let noted = NotedLines()
        let line = LimitedLine(noted.logger(), interval: .seconds(3600))
        for number in 0..<1000 { line.log(.warning, "It happened", metadata: ["number": "\(number)"]) }
        #expect(noted.all.map { $0.metadata["number"] } == (0..<10).map { "\($0)" })
        #expect(noted.all.allSatisfy { $0.level == .warning && $0.message == "It happened" && $0.count == 1 })
        line.flush()
        #expect(noted.all.count == 11)
        #expect(noted.all.last?.metadata == ["number": "999", "left_out": "989"])
        #expect(noted.all.map(\.count).reduce(0, +) == 1000)
        line.flush()
        #expect(noted.all.count == 11)
    }

    @Test(
        "the last one is said after a while, though nothing happens any more; then others are, and nothing is counted twice"
    )
    func last() async throws {
        let noted = NotedLines()
        let line = LimitedLine(noted.logger(), burst: 3, interval: .milliseconds(100))
        for round in 1...3 {
            for number in 0..<100 { line.log(.info, "It happened", metadata: ["number": "\(number)"]) }
            let end = ContinuousClock.now + .seconds(20) * Sanitizer.slowness
            while noted.all.map(\.count).reduce(0, +) < round * 100, .now < end {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(noted.all.map(\.count).reduce(0, +) == round * 100)
            #expect(noted.all.last?.metadata["number"] == "99")
        }
        #expect(noted.all.count < 60)
    }

    @Test("the next line tells how many were left out")
    func next() async throws {
        let noted = NotedLines()
        let line = LimitedLine(noted.logger(), burst: 1, interval: .milliseconds(50))
        let end = ContinuousClock.now + .seconds(20) * Sanitizer.slowness
        var sent = 0
        while noted.all.count < 5, .now < end {
            for _ in 0..<3 { line.log(.info, "It happened", metadata: [:]) }
            sent += 3
            try await Task.sleep(for: .milliseconds(1))
        }
        line.flush()
        #expect(noted.all.count >= 5)
        #expect(noted.all.dropFirst().contains { $0.count > 1 })
        #expect(noted.all.map(\.count).reduce(0, +) == sent)
    }

    @Test("what isn't said costs no text")
    func lazy() {
        let made = Atomic(0)
        let text = { @Sendable () -> String in
            made.add(1, ordering: .relaxed)
            return "x"
        }
        let noted = NotedLines()
        let line = LimitedLine(noted.logger(), interval: .seconds(3600))
        for _ in 0..<1000 { line.log(.info, "It happened", metadata: ["text": "\(text())"]) }
        #expect(made.load(ordering: .relaxed) == 10)
        let silent = LimitedLine(noted.logger(.error), interval: .seconds(3600))
        silent.log(.info, "It happened", metadata: ["text": "\(text())"])
        silent.flush()
        #expect(made.load(ordering: .relaxed) == 10 && noted.all.count == 10)
    }

    @Test("at debug all are said, those above the limit as debug, and none is counted as left out")
    func debug() {
        let noted = NotedLines()
        let line = LimitedLine(noted.logger(.debug), interval: .seconds(3600))
        for _ in 0..<100 { line.log(.info, "It happened", metadata: [:]) }
        line.flush()
        #expect(noted.all.map(\.level) == [.info] * 10 + [.debug] * 90)
        #expect(noted.all.allSatisfy { $0.count == 1 })
    }

    @Test("lines from many threads add up")
    func threads() async {
        let noted = NotedLines()
        let line = LimitedLine(noted.logger(), burst: 5, interval: .milliseconds(1))
        await withDiscardingTaskGroup { tasks in
            for _ in 0..<8 {
                tasks.addTask { for _ in 0..<10_000 { line.log(.info, "It happened", metadata: [:]) } }
            }
        }
        line.flush()
        #expect(noted.all.map(\.count).reduce(0, +) == 80_000)
    }
}

private func * <Element>(elements: [Element], count: Int) -> [Element] { (0..<count).flatMap { _ in elements } }
