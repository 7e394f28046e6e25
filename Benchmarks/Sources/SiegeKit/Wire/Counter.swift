import Synchronization

/// Gives numbers from 1 on to many threads.
final class Counter: Sendable {
    private let state = Atomic<Int>(0)

    func next() -> Int { self.state.wrappingAdd(1, ordering: .relaxed).newValue }

    /// The last number that was given.
    var value: Int { self.state.load(ordering: .relaxed) }
}
