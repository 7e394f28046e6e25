import Testing

@testable import FreshKit

@Suite struct DelayQueueTests {
    @Test func packetsLeaveInOrder() {
        var queue = DelayQueue(capacity: 3)
        #expect(queue.due == nil)
        // More packets than fit, so that the memory is used again and again.
        var next: UInt8 = 0
        for number in UInt8(0)..<50 {
            #expect(queue.append(number))
            #expect(queue.append(number &+ 100))
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
        #expect(queue.append(1))
        #expect(queue.append(2))
        #expect(!queue.append(3))
        queue.removeFirst()
        #expect(queue.append(4))
        #expect(queue.count == 2)
        #expect(queue.due == 2)
    }
}

extension DelayQueue {
    /// Appends a packet of two bytes that is due at its number; returns false if there is no room.
    fileprivate mutating func append(_ number: UInt8) -> Bool {
        guard let room = self.room else { return false }
        room[0] = number
        room[1] = number
        self.append(count: 2, due: UInt64(number))
        return true
    }
}
