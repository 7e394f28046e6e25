import AsyncSockets
import Synchronization

/// Passes events to all readers. Most of the time, there is none.
final class RelayEventHub: Sendable {
    private struct Reader {
        let continuation: AsyncStream<RelayEvent>.Continuation
        let missed: MissedEvents
    }

    private struct State {
        var readers: [Int: Reader] = [:]
        var lastID = 0
        var isFinished = false
    }

    private let state = Lock(State())
    /// The number of readers. Read without a lock, because most of the time there is none.
    private let count = Atomic(0)

    deinit { self.finish() }

    var readerCount: Int { self.count.load(ordering: .relaxed) }

    /// Passes an event to all readers. Can be called from any thread.
    ///
    /// - Parameter event: Evaluated only when there is a reader.
    @inline(__always)
    func post(_ event: @autoclosure () -> RelayEvent) {
        guard self.count.load(ordering: .relaxed) > 0 else { return }
        self.send(event())
    }

    private func send(_ event: RelayEvent) {
        // Under the lock, so that all readers get events in the same order. Nothing here waits.
        self.state.withLock { state in
            for reader in state.readers.values {
                if case .dropped = reader.continuation.yield(event) { reader.missed.add() }
            }
        }
    }

    /// Returns the events from now on.
    ///
    /// - Parameter limit: The maximum number of events that wait for the reader; 1 or more.
    func events(bufferSize limit: Int) -> RelayEvents {
        let (stream, continuation) = AsyncStream.makeStream(
            of: RelayEvent.self,
            bufferingPolicy: .bufferingNewest(max(limit, 1))
        )
        let missed = MissedEvents()
        let id = self.state.withLock { state -> Int? in
            guard !state.isFinished else { return nil }
            state.lastID += 1
            state.readers[state.lastID] = Reader(continuation: continuation, missed: missed)
            self.count.store(state.readers.count, ordering: .relaxed)
            return state.lastID
        }
        if let id {
            continuation.onTermination = { [weak self] _ in self?.remove(id) }
        } else {
            continuation.finish()
        }
        return RelayEvents(stream, missed: missed)
    }

    private func remove(_ id: Int) {
        // Freed outside of the lock.
        let reader = self.state.withLock { state in
            defer { self.count.store(state.readers.count, ordering: .relaxed) }
            return state.readers.removeValue(forKey: id)
        }
        withExtendedLifetime(reader) {}
    }

    /// Ends all readers' sequences, because nothing more will happen.
    func finish() {
        let readers = self.state.withLock { state in
            state.isFinished = true
            defer {
                state.readers = [:]
                self.count.store(0, ordering: .relaxed)
            }
            return state.readers
        }
        for reader in readers.values { reader.continuation.finish() }
    }
}
