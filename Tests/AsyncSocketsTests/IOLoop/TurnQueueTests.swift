import Testing

@testable import AsyncSockets

@Suite("Turns that wait")
struct TurnQueueTests {
    private final class Turn: BudgetedHandler {
        let number: Int
        init(_ number: Int) { self.number = number }
        func takeTurn() {}
    }

    private static func number(_ turn: TurnQueue.Turn?) -> Int? {
        guard case .handler(let handler) = turn else { return nil }
        return (handler as? Turn)?.number
    }

    @Test("the first that came is the first that is taken, whatever comes meanwhile")
    func order() {
        var queue = TurnQueue()
        var (next, taken) = (0, 0)
        for round in 0..<200 {
            for _ in 0..<round {
                queue.append(.handler(Turn(next)))
                next += 1
            }
            for _ in 0..<min(round * 2 / 3, queue.count) {
                #expect(Self.number(queue.popFirst()) == taken)
                taken += 1
            }
            #expect(queue.count == next - taken)
        }
        while let turn = queue.popFirst() {
            #expect(Self.number(turn) == taken)
            taken += 1
        }
        #expect(taken == next)
        #expect(queue.isEmpty)
    }

    @Test("a turn that has to wait is counted once, however often it is asked for")
    func delays() {
        var queue = TurnQueue()
        for number in 0..<3000 { queue.append(.handler(Turn(number))) }
        #expect(queue.delayAll() == 3000)
        #expect(queue.delayAll() == 0)
        for _ in 0..<2000 { _ = queue.popFirst() }
        for number in 0..<5 { queue.append(.handler(Turn(number))) }
        #expect(queue.delayAll() == 5)
        while queue.popFirst() != nil {}
        #expect(queue.delayAll() == 0)
        queue.append(.handler(Turn(0)))
        #expect(queue.delayAll() == 1)
    }
}
