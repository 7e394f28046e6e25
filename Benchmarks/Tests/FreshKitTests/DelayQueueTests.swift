import Testing

@testable import FreshKit

@Suite struct DelayQueueTests {
    @Test func packetsLeaveInOrder() {
        var queue = DelayQueue(capacity: 3)
        #expect(queue.due == nil)
        // More packets than fit, so that the memory is used again and again.
        var next: UInt8 = 0
        for number in UInt8(0)..<50 {
            queue.add(number)
            queue.add(number &+ 100)
            for expected in [number, number &+ 100] {
                #expect(queue.due == UInt64(expected))
                #expect(Array(queue.first) == [expected, expected])
                queue.removeFirst()
                next += 1
            }
        }
        #expect(next == 100)
        #expect(queue.due == nil)
    }

    @Test func aFullQueueTakesNothing() {
        var queue = DelayQueue(capacity: 2)
        queue.add(1)
        queue.add(2)
        #expect(queue.room == nil)
        queue.removeFirst()
        queue.add(4)
        #expect(queue.count == 2)
        #expect(queue.due == 2)
    }
}

extension DelayQueue {
    /// Appends a packet of two bytes that is due at its number.
    fileprivate mutating func add(_ number: UInt8) {
        guard let room = self.room else {
            Issue.record("no room for \(number)")
            return
        }
        room[0] = number
        room[1] = number
        self.append(count: 2, due: UInt64(number))
    }
}
