import Synchronization

/// The events of a relay from the moment when this sequence was created.
///
/// The relay never waits for a reader: each sequence has a buffer of its own. When the buffer is full, the oldest event
/// is dropped, and ``RelayEvent/missed`` of the next event that is read tells how many were dropped before it. The
/// sequence ends when the relay has stopped, and when a task that reads it is cancelled. It is for one reader: with
/// several iterators, each event goes to one of them. When the sequence and its iterators are gone, the buffer is freed,
/// and the relay no longer collects events for it.
public struct RelayEvents: AsyncSequence, Sendable {
    private let stream: AsyncStream<RelayEvent>
    private let missed: MissedEvents

    init(_ stream: AsyncStream<RelayEvent>, missed: MissedEvents) {
        self.stream = stream
        self.missed = missed
    }

    /// Returns an iterator that waits for events.
    public func makeAsyncIterator() -> Iterator {
        Iterator(iterator: self.stream.makeAsyncIterator(), missed: self.missed)
    }

    /// Returns one event after the other.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var iterator: AsyncStream<RelayEvent>.Iterator
        fileprivate let missed: MissedEvents

        /// Waits for the next event, and returns it, without leaving the caller's actor. Returns `nil` when the relay
        /// has stopped or the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> RelayEvent? {
            guard var event = await self.iterator.next(isolation: actor) else { return nil }
            event.missed = self.missed.take()
            return event
        }
    }
}

/// The number of events that were dropped from a reader's buffer since it last read one.
final class MissedEvents: Sendable {
    private let count = Atomic(0)

    func add() { self.count.add(1, ordering: .relaxed) }

    func take() -> Int { self.count.exchange(0, ordering: .relaxed) }
}
