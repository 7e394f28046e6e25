import Synchronization

/// What happens to a relay from the moment on at which this was made.
///
/// Events wait in a buffer of its own, however many others read: the relay never waits for a reader. When the buffer is full, the oldest
/// event goes, and the next one that is read tells in ``RelayEvent/missed`` how many went before it. It ends when the relay has
/// stopped. For one reader: with several iterators, each event goes to one of them. The buffer is freed, and the relay no longer
/// notes events, when this and its iterators are gone.
public struct RelayEvents: AsyncSequence, Sendable {
    private let stream: AsyncStream<RelayEvent>
    private let missed: MissedEvents

    init(_ stream: AsyncStream<RelayEvent>, missed: MissedEvents) {
        self.stream = stream
        self.missed = missed
    }

    /// An iterator that waits for events.
    public func makeAsyncIterator() -> Iterator {
        Iterator(iterator: self.stream.makeAsyncIterator(), missed: self.missed)
    }

    /// Gives one event after the other.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var iterator: AsyncStream<RelayEvent>.Iterator
        fileprivate let missed: MissedEvents

        /// The next event, for which this waits; `nil` when the relay has stopped or the task is cancelled.
        public mutating func next() async -> RelayEvent? {
            await self.next(isolation: nil)
        }

        /// The same, without leaving the caller's actor.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> RelayEvent? {
            guard var event = await self.iterator.next(isolation: actor) else { return nil }
            event.missed = self.missed.take()
            return event
        }
    }
}

/// How many events went out of a reader's buffer unread since it read one.
final class MissedEvents: Sendable {
    private let count = Atomic(0)

    func add() { self.count.add(1, ordering: .relaxed) }

    func take() -> Int { self.count.exchange(0, ordering: .relaxed) }
}
