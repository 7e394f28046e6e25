import AsyncSockets
import TestSupport
import Testing

@testable import DERPKit

@Suite("The pace of questions", .timeLimit(.minutes(1)))
struct QuestionPaceTests {
    /// Questions that are asked, and answered when the test says.
    private final class Questions: Sendable {
        private let answers = Lock<[SingleAnswer<Bool>]>([])

        var count: Int { self.answers.withLock { $0.count } }

        func ask() async -> Bool {
            let answer = SingleAnswer<Bool>()
            self.answers.withLock { $0.append(answer) }
            return await answer.value()
        }

        func answer(_ index: Int) { self.answers.withLock { $0[index] }.give(true) }
    }

    @Test("the next is asked when one is answered")
    func answered() async throws {
        let pace = QuestionPace(limit: 2, youth: .seconds(600))
        let questions = Questions()
        try await withThrowingTaskGroup(of: Bool?.self) { group in
            for _ in 0..<5 { group.addTask { await pace.inTurn { await questions.ask() } } }
            for index in 0..<5 {
                try await waitUntil("so many are asked") { questions.count == min(index + 2, 5) }
                questions.answer(index)
                #expect(try await group.next() == .some(true))
            }
        }
    }

    @Test("one that isn't answered soon holds up nobody")
    func silent() async throws {
        let pace = QuestionPace(limit: 2, youth: .milliseconds(5))
        let questions = Questions()
        try await withThrowingTaskGroup(of: Bool?.self) { group in
            for _ in 0..<20 { group.addTask { await pace.inTurn { await questions.ask() } } }
            try await waitUntil("all are asked") { questions.count == 20 }
            for index in 0..<20 { questions.answer(index) }
            for try await answer in group { #expect(answer == true) }
        }
        // Places that were given up after a while aren't given up again by the answer.
        let careful = QuestionPace(limit: 1, youth: .milliseconds(1))
        for _ in 0..<3 {
            _ = await careful.inTurn { try? await Task.sleep(for: .milliseconds(5)) }
        }
        let late = Questions()
        let strict = Task { await careful.inTurn { await late.ask() } }
        try await waitUntil("it is asked") { late.count == 1 }
        late.answer(0)
        #expect(await strict.value == true)
    }

    @Test("a cancelled waiter causes no question, and the next one is served")
    func cancelling() async throws {
        let pace = QuestionPace(limit: 1, youth: .seconds(600))
        let questions = Questions()
        let first = Task { await pace.inTurn { await questions.ask() } }
        try await waitUntil("it is asked") { questions.count == 1 }
        let second = Task { await pace.inTurn { await questions.ask() } }
        second.cancel()
        #expect(await second.value == nil)
        let third = Task { await pace.inTurn { await questions.ask() } }
        questions.answer(0)
        try await waitUntil("the next is asked") { questions.count == 2 }
        questions.answer(1)
        #expect(await [first.value, third.value] == [true, true])
    }
}
